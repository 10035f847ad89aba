//! Which exercises there are.

use super::words::Text;

/// An exercise.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Exercise {
    /// By which it is called: the name of the student's function.
    pub(super) id: &'static str,
    pub(super) title: Text,
}

pub(super) static SHOUT: Exercise = Exercise {
    id: "shout",
    title: Text::new("Сервер, который кричит", "A server that shouts"),
};

pub(super) static EXCHANGE: Exercise = Exercise {
    id: "exchange",
    title: Text::new("Обмен без блокировки", "An exchange without a deadlock"),
};

pub(super) static FRAMES: Exercise = Exercise {
    id: "frames",
    title: Text::new("Читаем кадры", "Reading frames"),
};
