//! One word for one thing: the words of the lessons are those of the glossary
//! in `notebooks/README.md`.
//!
//! Its column «не говорим» has the forms that are looked for, each as a code
//! span: `ручк*` is every word that begins so and has at most three letters
//! more, a word without a star is itself, words beside each other are a
//! phrase, and `5` is every number after which no singular stands.

use std::fs;

use anyhow::{Context, Result};

use super::Findings;
use super::notebook::{Kind, Notebook};
use super::owner::ownerless;
use super::prose::{Token, normal, tokens};
use crate::project::Project;

/// Where the glossary lies, for writers and for the linter.
pub(super) const FILE: &str = "notebooks/README.md";

const HEADER: &str = "| говорим | не говорим | English |";

/// How long an ending may be; longer ones make another word (`фрейм` and
/// «фреймворк»).
const ENDING: usize = 3;

/// The words that lessons use, and those that they do not.
pub(super) struct Glossary {
    terms: Vec<Term>,
}

struct Term {
    say: String,
    never: Vec<Phrase>,
}

/// Words that stand beside each other.
type Phrase = Vec<Form>;

enum Form {
    Word(String),
    Stem(String),
    Number,
}

impl Glossary {
    /// Reads the glossary of the project.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub(super) fn read(project: &Project) -> Result<Self> {
        let text = fs::read_to_string(project.path(FILE))
            .with_context(|| format!("can't read {FILE}"))?;
        Self::parse(&text).with_context(|| {
            format!("{FILE} has no glossary, a table under {HEADER:?}")
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines().skip_while(|line| *line != HEADER);
        lines.next()?;
        let rows = lines.skip(1).take_while(|line| line.starts_with('|'));
        let terms: Vec<_> = rows.filter_map(Term::parse).collect();
        (!terms.is_empty()).then_some(Self { terms })
    }

    /// What a text says that it should not: the words, and what to say.
    fn slips<'a>(&'a self, tokens: &'a [Token]) -> Vec<(String, &'a str)> {
        let mut slips = Vec::new();
        for start in 0..tokens.len() {
            for term in &self.terms {
                for phrase in &term.never {
                    if let Some(words) = found(phrase, &tokens[start..]) {
                        slips.push((words, term.say.as_str()));
                    }
                }
            }
        }
        slips
    }
}

impl Term {
    fn parse(row: &str) -> Option<Self> {
        let mut columns = row.trim_matches('|').split('|');
        let say = columns.next()?.trim().to_owned();
        let never = columns.next()?.split('`').skip(1).step_by(2);
        Some(Self {
            say,
            never: never.map(phrase).collect(),
        })
    }
}

fn phrase(text: &str) -> Phrase {
    let words = text.split_whitespace().map(normal);
    words
        .map(|word| match word.strip_suffix('*') {
            _ if word == "5" => Form::Number,
            Some(stem) => Form::Stem(stem.to_owned()),
            None => Form::Word(word),
        })
        .collect()
}

/// The words at the beginning of `tokens`, if they are the phrase.
fn found(phrase: &Phrase, tokens: &[Token]) -> Option<String> {
    let mut words = Vec::new();
    for (form, token) in phrase.iter().zip(tokens) {
        match token {
            Token::Word(word) if form.is(word) => words.push(word.as_str()),
            _ => return None,
        }
    }
    (words.len() == phrase.len()).then(|| words.join(" "))
}

impl Form {
    fn is(&self, word: &str) -> bool {
        match self {
            Self::Word(own) => own == word,
            Self::Stem(stem) => word
                .strip_prefix(stem.as_str())
                .is_some_and(|ending| ending.chars().count() <= ENDING),
            Self::Number => word
                .parse::<u64>()
                .is_ok_and(|number| number % 10 != 1 || number % 100 == 11),
        }
    }
}

/// Checks what a notebook says.
pub(super) fn check(
    glossary: &Glossary,
    notebook: &Notebook,
    findings: &mut Findings,
) {
    for cell in &notebook.cells {
        if cell.kind != Kind::Markdown {
            continue;
        }
        let tokens = tokens(&cell.source);
        let slips = glossary.slips(&tokens).into_iter();
        let slips = slips.map(|(words, say)| {
            format!("«{words}»: say «{say}» (the glossary of {FILE})")
        });
        let ownerless = ownerless(&tokens).into_iter().map(|word| {
            format!(
                "«{word}» of what? ядро процессора, ядро системы or ядро \
                 блокнота"
            )
        });
        let mut problems: Vec<_> = slips.chain(ownerless).collect();
        problems.dedup();
        for problem in problems {
            findings.add_cell(&notebook.file, &cell.id, problem);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample::{self, code, markdown};
    use super::*;

    fn glossary() -> Glossary {
        let table = format!(
            "# Слова\n\n{HEADER}\n|---|---|---|\n\
             | объект управления | `ручк*`, `ручек` | handle |\n\
             | гонка данных | `гонк* за данными` | data race |\n\
             | кадр | `фрейм*` | frame |\n\
             | потомок | `ребёнок` | child |\n\
             | 5 байтов | `5 байт` | bytes |\n\
             | мьютекс | – | mutex |\n\nтекст\n"
        );
        Glossary::parse(&table).unwrap()
    }

    fn said(text: &str) -> Vec<String> {
        let glossary = glossary();
        let tokens = tokens(text);
        let slips = glossary.slips(&tokens).into_iter();
        slips
            .map(|(words, say)| format!("{words}: {say}"))
            .collect()
    }

    #[test]
    fn forbidden_words_are_found_in_every_form() {
        assert_eq!(said("Ручками не надо."), ["ручками: объект управления"]);
        assert_eq!(said("много ручек"), ["ручек: объект управления"]);
        assert_eq!(
            said("**Гонка** за\nданными"),
            ["гонка за данными: гонка данных"]
        );
        assert_eq!(said("ребенок и РЕБЁНОК").len(), 2);
    }

    #[test]
    fn other_words_are_no_slips() {
        for text in [
            "вручную, ручной",
            "фреймворк",
            "гонка. За данными",
            "`ручка`",
            "[ручка](a.md)",
            "```text\nручка\n```",
        ] {
            assert!(said(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn numbers_take_the_case_that_grammar_wants() {
        for right in ["1 байт", "21 байт", "5 байтов", "32 байта"]
        {
            assert!(said(right).is_empty(), "{right}");
        }
        for wrong in ["5 байт", "11 байт", "64 байт", "12 байт", "100 байт"]
        {
            assert_eq!(said(wrong).len(), 1, "{wrong}");
        }
    }

    #[test]
    fn prose_of_a_notebook_is_checked_and_its_code_is_not() {
        let notebook = sample::notebook(
            "01-a.ipynb",
            &[markdown("notes", "ручка в ядре"), code("-", "// ручка")],
        );
        let glossary = glossary();
        let found = sample::problems(|f| check(&glossary, &notebook, f));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[0].contains("say «объект управления»"), "{found:?}");
        assert!(found[1].contains("«ядре» of what?"), "{found:?}");
    }

    #[test]
    fn course_has_a_glossary() {
        let glossary = Glossary::read(&Project::here()).unwrap();
        let slips = glossary.slips(&tokens("спор за замок")).len();
        assert_eq!(slips, 1);
    }
}
