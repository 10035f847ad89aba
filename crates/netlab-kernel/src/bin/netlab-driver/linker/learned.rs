//! What the C compiler tells the linker, with the names of one cell left open.

use std::env;
use std::fs;
use std::path::Path;

use super::read;
use crate::call;

/// Stand for what is different in every cell.
const OBJECTS: &str = "\0objects";
const TEMPORARY: &str = "\0temporary";

/// What is different in every cell.
pub(super) struct Cell {
    objects: Vec<String>,
    /// The directory for the time of the link.
    temporary: String,
}

impl Cell {
    /// Nothing if this is not how `rustc` links a cell.
    pub(super) fn of(arguments: &[String]) -> Option<Self> {
        let temporary = arguments
            .iter()
            .find_map(|argument| argument.strip_suffix("/symbols.o"))?;
        let objects: Vec<_> = arguments
            .iter()
            .filter(|argument| is_object(argument))
            .cloned()
            .collect();
        (!objects.is_empty() && temporary.starts_with('/')).then(|| Self {
            objects,
            temporary: temporary.to_owned(),
        })
    }

    /// These arguments with the names of this cell left open; nothing if its
    /// objects do not stand in them one after the other.
    fn taken_out_of(&self, arguments: &[String]) -> Option<Vec<String>> {
        let first = arguments.iter().position(|a| is_object(a))?;
        let after = first.checked_add(self.objects.len())?;
        if arguments.get(first..after)? != self.objects {
            return None;
        }
        let mut open = arguments[..first].to_vec();
        open.push(OBJECTS.to_owned());
        open.extend_from_slice(&arguments[after..]);
        for argument in &mut open {
            *argument = argument.replace(&self.temporary, TEMPORARY);
        }
        let whole = !open.iter().any(|argument| is_object(argument));
        whole.then_some(open)
    }

    fn put_into(&self, open: &[String]) -> Vec<String> {
        open.iter()
            .flat_map(|argument| match argument.as_str() {
                OBJECTS => self.objects.clone(),
                _ => vec![argument.replace(TEMPORARY, &self.temporary)],
            })
            .collect()
    }
}

fn is_object(argument: &str) -> bool {
    argument.ends_with(".rcgu.o")
}

/// What the C compiler was asked, and what it told the linker.
#[derive(Debug, PartialEq)]
pub(super) struct Learned {
    asked: Vec<String>,
    told: Vec<String>,
}

impl Learned {
    /// Nothing if the linker was told something that may be different the
    /// next time. `own` is where the recording linker lies.
    pub(super) fn from(
        asked: &[String],
        told: &[String],
        cell: &Cell,
        own: &Path,
    ) -> Option<Self> {
        let own = format!("-L{}", own.display());
        let mut lasting = Vec::new();
        let mut told = told.iter();
        while let Some(argument) = told.next() {
            if argument == "-plugin" {
                // For objects of the C compiler; lld takes none.
                told.next();
            } else if !argument.starts_with("-plugin-opt=")
                && argument.trim_end_matches('/') != own
            {
                lasting.push(argument.clone());
            }
        }
        let learned = Self {
            asked: cell.taken_out_of(asked)?,
            told: cell.taken_out_of(&lasting)?,
        };
        // A temporary file of the C compiler itself.
        let temporary = env::temp_dir().join("cc");
        let temporary = temporary.to_str()?;
        let lasts = |argument: &String| !argument.contains(temporary);
        learned.told.iter().all(lasts).then_some(learned)
    }

    /// What the linker is to be told for a cell; nothing if `rustc` asks for
    /// something else than then.
    pub(super) fn told(
        &self,
        asked: &[String],
        cell: &Cell,
    ) -> Option<Vec<String>> {
        (cell.taken_out_of(asked)? == self.asked)
            .then(|| cell.put_into(&self.told))
    }

    pub(super) fn load(file: &Path) -> Option<Self> {
        let mut all = read(file).ok()?;
        let count: usize = all.first()?.parse().ok()?;
        if all.len() <= count {
            return None;
        }
        let told = all.split_off(count + 1);
        let asked = all.split_off(1);
        Some(Self { asked, told })
    }

    pub(super) fn save(&self, file: &Path) {
        let mut all = vec![self.asked.len().to_string()];
        all.extend_from_slice(&self.asked);
        all.extend_from_slice(&self.told);
        let mut bytes = Vec::new();
        // A half-written file is as good as none: what is missing at its end
        // is missing in the count or in the length of a part.
        if call::write(&mut bytes, &all).is_ok() {
            let _ = fs::write(file, bytes);
        }
    }
}

#[cfg(test)]
#[path = "learned/tests.rs"]
mod tests;
