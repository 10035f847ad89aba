//! Which exercises there are.

use super::words::Text;

/// An exercise.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Exercise {
    /// By which it is called: the name of the student's function.
    pub(super) id: &'static str,
    pub(super) title: Text,
}

/// Exercises, in the order of the notebooks.
macro_rules! exercises {
    ($($name:ident: $id:literal, $ru:literal, $en:literal;)*) => {
        $(pub(super) static $name: Exercise = Exercise {
            id: $id,
            title: Text::new($ru, $en),
        };)*
    };
}

exercises! {
    WRITE_ALL: "write_all", "Свой write_all", "A write_all of your own";
    SHOUT: "shout", "Сервер, который кричит", "A server that shouts";
    LETTERS: "letters", "Буква, разрезанная пополам", "A letter cut in half";
    ASK: "ask", "Вопрос и весь ответ", "A question and the whole answer";
    FRAMES: "frames", "Читаем кадры", "Reading frames";
    EXCHANGE: "exchange", "Обмен без блокировки", "An exchange without a deadlock";
    READ_ALL: "read_all", "Срок на всё", "A deadline for everything";
    FATE: "fate", "Чем кончилось?", "How did it end?";
}
