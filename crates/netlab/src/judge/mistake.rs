//! Mistakes that have a name.

use super::words::Text;

/// A mistake as students make it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    /// By which a test calls it; unique among those of an exercise.
    pub(super) id: &'static str,
    /// What has probably happened, as one sentence.
    pub(super) likely: Text,
    /// What to do about it, as one sentence.
    pub(super) next: Text,
}

/// A mistake; most are constants of the file of their exercise.
macro_rules! mistake {
    ($id:literal, likely: [$ru:literal, $en:literal], next: [$next_ru:literal, $next_en:literal $(,)?] $(,)?) => {
        $crate::judge::mistake::Mistake {
            id: $id,
            likely: $crate::judge::words::Text::new($ru, $en),
            next: $crate::judge::words::Text::new($next_ru, $next_en),
        }
    };
}

pub(super) use mistake;
