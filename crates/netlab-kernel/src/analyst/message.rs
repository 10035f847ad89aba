//! What kernel and analyst say to each other, one line of JSON each.

use serde::{Deserialize, Serialize};

/// A line to the analyst.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Asked {
    pub(super) id: u64,
    pub(super) request: Request,
}

/// A line from it. Each request has one answer, in the order of the requests.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Answered {
    pub(super) id: u64,
    pub(super) answer: Option<Answer>,
}

/// What the analyst is asked for; positions are counted in bytes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Request {
    /// Take over what a cell has defined, see [`mirror`](super::mirror).
    Mirror { code: String },
    /// These are all the variables.
    Variables { all: Vec<Variable> },
    /// How can the code go on at this position?
    Complete { code: String, at: usize },
    /// What is the word that ends at this position?
    Inspect { code: String, at: usize },
}

/// A variable of the cells.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize,
)]
pub(crate) struct Variable {
    pub(crate) name: String,
    /// As Rust code.
    pub(crate) of: String,
}

/// What there is to say.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// What can stand in the place of the bytes from `start` to `end`.
    Completions {
        start: usize,
        end: usize,
        all: Vec<Completion>,
    },
    /// What is known about a word.
    Documentation { plain: String, html: String },
}

/// One way in which code can go on.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Completion {
    pub(crate) code: String,
    /// One of the words that Jupyter has for it.
    pub(crate) kind: String,
    pub(crate) label: String,
}

impl Request {
    /// For the log.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Mirror { .. } => "cell",
            Self::Variables { .. } => "variables",
            Self::Complete { .. } => "completion",
            Self::Inspect { .. } => "inspection",
        }
    }
}

impl Variable {
    pub(super) fn of((name, of): (&str, &str)) -> Self {
        Self {
            name: name.to_owned(),
            of: of.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_is_one_line() {
        let code = "let a = 1;\n\u{2028}\"ж\"\r\n";
        let request = Request::Complete {
            code: code.to_owned(),
            at: code.len(),
        };
        let line = serde_json::to_string(&Asked { id: 7, request }).unwrap();
        assert_eq!(line.lines().count(), 1);
        let asked: Asked = serde_json::from_str(&line).unwrap();
        let Request::Complete { code: read, at } = asked.request else {
            panic!("{line}");
        };
        assert_eq!((asked.id, &*read, at), (7, code, code.len()));
    }

    #[test]
    fn words_of_evcxr_are_no_answers() {
        for line in ["", "42", "Loading startup configuration", "{}"] {
            assert!(serde_json::from_str::<Answered>(line).is_err(), "{line}");
        }
    }
}
