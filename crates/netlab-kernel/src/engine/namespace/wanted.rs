//! A name that somebody looks for among the definitions of cells.

use super::{End, Run};
use crate::engine::definitions::{self, Definition, Member};

/// A name that somebody looks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wanted {
    Name(String),
    /// A trait, by its whole path.
    Trait(String),
    Member(Member),
}

impl Wanted {
    /// Whether a statement of this cell makes it as a variable.
    pub(crate) fn is_variable_of(&self, code: &str) -> bool {
        let made = definitions::of(code);
        let mut variables = made
            .iter()
            .filter(|made| matches!(made, Definition::Variable(_)));
        variables.any(|made| self.is(made))
    }

    /// Whether the cell has defined the type to which it belongs.
    pub(super) fn is_of_type_in(&self, run: &Run) -> bool {
        let Self::Member(member) = self else {
            return false;
        };
        let of = Definition::Item(member.of.clone());
        !matches!(run.end, End::NotBegun | End::NotCompiled | End::Died)
            && run.made.contains(&of)
    }

    /// Whether that is what is looked for.
    pub(in crate::engine) fn is(&self, made: &Definition) -> bool {
        match (self, made) {
            (
                Self::Name(wanted),
                Definition::Variable(name)
                | Definition::Item(name)
                | Definition::Crate(name)
                | Definition::Import { name, .. },
            ) => wanted == name,
            (Self::Trait(wanted), Definition::Import { path, .. }) => {
                definitions::bare(wanted) == definitions::bare(path)
            }
            (Self::Trait(wanted), Definition::Glob(path)) => {
                let parent = wanted.rsplit_once("::").map(|(parent, _)| parent);
                parent == Some(path)
                    || parent.is_some_and(|p| format!("{p}::prelude") == *path)
            }
            (Self::Trait(wanted), Definition::Item(name)) => {
                definitions::bare(wanted) == *name
            }
            (Self::Member(wanted), Definition::Member(member)) => {
                wanted == member
            }
            _ => false,
        }
    }
}
