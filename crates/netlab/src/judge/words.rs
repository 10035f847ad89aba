//! What a judge says, in the reader's language.

use std::borrow::Cow;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};

static ENGLISH: AtomicBool = AtomicBool::new(false);

/// Chooses the language of verdicts, hints and progress: `"ru"`, as they are
/// from the beginning, or `"en"`.
///
/// # Panics
///
/// When it is another one.
///
/// # Examples
///
/// ```
/// use netlab::judge;
///
/// judge::language("en");
/// # judge::language("ru");
/// ```
pub fn language(code: &str) {
    let english = match code {
        "ru" => false,
        "en" => true,
        other => panic!(
            "язык «{other}» судьи не знают: есть \"ru\" и \"en\" \
             (no such language: there are \"ru\" and \"en\")"
        ),
    };
    ENGLISH.store(english, Ordering::Relaxed);
}

/// The same words in both languages; they show themselves in the chosen one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text {
    ru: Cow<'static, str>,
    en: Cow<'static, str>,
}

impl Text {
    pub(super) const fn new(ru: &'static str, en: &'static str) -> Self {
        Self {
            ru: Cow::Borrowed(ru),
            en: Cow::Borrowed(en),
        }
    }

    pub(super) const fn owned(ru: String, en: String) -> Self {
        Self {
            ru: Cow::Owned(ru),
            en: Cow::Owned(en),
        }
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match ENGLISH.load(Ordering::Relaxed) {
            false => &self.ru,
            true => &self.en,
        })
    }
}

/// Formats a [`Text`]: `text!("код {code}", "code {code}")`.
macro_rules! text {
    ($ru:literal, $en:literal) => {
        $crate::judge::words::Text::owned(format!($ru), format!($en))
    };
}

pub(super) use text;
