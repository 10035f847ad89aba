//! How a cell fails, as one error message.

mod backquotes;
pub(crate) mod busy_port;
pub(crate) mod compile;
pub(crate) mod death;
mod kept;
mod last_expression;
pub(crate) mod lost_name;
pub(crate) mod marks;
mod origin;
pub(crate) mod other_language;
pub(crate) mod ownership;
pub(crate) mod panic;
pub(crate) mod place;
mod pointer;
pub(crate) mod question_mark;
mod sayings;
mod scan;
pub(crate) mod unclosed;
mod wording;

use serde_json::{Value, json};

use marks::sentence;

/// The name of an error that the user caused by an interrupt.
const INTERRUPTED: &str = "Interrupted";

/// The name of an error of the compiler that has no code.
pub(crate) const UNNAMED: &str = "CompileError";

/// One error: what clients show, and what `raises-exception` looks at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) traceback: Vec<String>,
}

impl Failure {
    /// A failure of this name; the traceback begins with name and value, and
    /// the details are marked as what they are.
    pub(crate) fn new(
        name: &str,
        value: impl Into<String>,
        details: impl IntoIterator<Item = String>,
    ) -> Self {
        let value = value.into();
        let first = headline(name, &value);
        Self {
            name: name.to_owned(),
            traceback: std::iter::once(first).chain(details).collect(),
            value,
        }
    }

    /// The same with more sentences behind it.
    pub(crate) fn with(
        mut self,
        more: impl IntoIterator<Item = String>,
    ) -> Self {
        let more = more.into_iter().map(|said| sentence(&said));
        self.traceback.extend(more);
        self
    }

    /// What `evcxr` says in words.
    pub(crate) fn message(text: &str) -> Self {
        let Some(ours) = sayings::in_russian(text) else {
            return Self::new("Error", text, []);
        };
        Self {
            name: "Error".to_owned(),
            traceback: vec![headline("Ошибка", &ours)],
            value: ours,
        }
    }

    /// An interrupt after which everything is there.
    pub(crate) fn interrupted() -> Self {
        let kept = "Переменные прежних ячеек на месте.";
        Self::new(INTERRUPTED, "выполнение прервано", [sentence(kept)])
    }

    /// An interrupt of a cell that has waited for the kernel.
    pub(crate) fn not_begun() -> Self {
        let again = "Ядро ещё готовилось, и ячейка не начала выполняться: \
                     выполните её ещё раз.";
        Self::new(INTERRUPTED, "выполнение прервано", [sentence(again)])
    }

    /// An interrupt that had to kill the process.
    pub(crate) fn killed() -> Self {
        let value = "ячейка остановлена силой";
        Self::new(INTERRUPTED, value, [sentence(death::LOST)])
    }

    /// The content of the error message.
    pub(crate) fn content(&self) -> Value {
        json!({
            "ename": self.name,
            "evalue": self.value,
            "traceback": self.traceback,
        })
    }
}

/// An error of `evcxr` on its way up: it is not `Sync`, so only its text can.
pub(crate) fn in_words(error: evcxr::Error) -> anyhow::Error {
    anyhow::anyhow!("{error}")
}

/// The name of an error, and what it says.
fn headline(name: &str, said: &str) -> String {
    format!("{}: {}", marks::name(name), sentence(said))
}
