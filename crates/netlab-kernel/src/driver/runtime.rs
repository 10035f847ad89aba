//! The parts of a cell that are the same in every one, compiled once.
//!
//! `evcxr` writes the module of its variable store into every cell, and every
//! cell compiles a hash map with it, which takes as long as everything else.
//! What the kernel's own first cell defines comes with every cell as well. So
//! all this is compiled as a crate of its own, and a cell is given a `use` of
//! it instead.

use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde_json::Value;

use super::recorder::Rustc;

/// What the cell calls the crate.
pub(super) const CRATE: &str = "evcxr_compiled_runtime";

/// The module in the crate, and in a cell.
const MODULE: &str = "evcxr_internal_runtime";

/// The crate: the module with the same types and functions, and what the first
/// cell defines.
const SOURCE: &str = concat!(
    include_str!("runtime/source.rs"),
    include_str!("../child/cells/display.rs"),
    include_str!("../child/cells/errors.rs"),
);

/// What the first cell defines, and its name in the crate.
const FIRST_CELL: [(&str, &str); 2] = [
    (include_str!("../child/cells/display.rs"), "DisplayOfCells"),
    (include_str!("../child/cells/errors.rs"), "netlab_errors"),
];

/// How the module begins in a cell, and what follows it.
const BEGIN: &str = "mod evcxr_internal_runtime {\n";
const END: &str = "\n}\n#[unsafe(no_mangle)]\npub extern \"C\" fn ";

/// Length and [`digest`] of the module text that [`SOURCE`] stands for. With
/// another `evcxr` the cells keep theirs until this is looked through again.
const KNOWN: (usize, u64) = (2674, 0xee11_f087_7809_7ca4);

/// Macros that the module uses: those of the cells, if they have such ones.
const MACROS: [&str; 3] = ["`eprintln`", "`panic`", "`println`"];

/// So many lines before and after the place of an error may be shown with it.
const AROUND: u64 = 4;

/// Errors about files beside the source.
const ABOUT_FILES: [&str; 2] = ["E0583", "E0584"];

/// A cell without these parts.
#[derive(Debug)]
pub(super) struct Slim {
    pub(super) text: String,
    /// Where the module was.
    module: Option<RangeInclusive<u64>>,
    /// Where all parts were.
    parts: Vec<RangeInclusive<u64>>,
}

impl Slim {
    /// Takes the parts out of a cell; whatever else stands in it keeps its
    /// line, its column and its distance from the beginning. Nothing if the
    /// cell can't be compiled in another directory.
    pub(super) fn of(cell: &str) -> Option<Self> {
        let mut slim = Self {
            text: cell.to_owned(),
            module: None,
            parts: Vec::new(),
        };
        for (part, name) in FIRST_CELL {
            if let Some(at) = slim.text.find(part) {
                slim.replace(at, part.trim_end(), name)?;
            }
        }
        let rest = match split(&slim.text) {
            Some((before, module, after)) => {
                let (at, module) = (before.len(), module.to_owned());
                let rest = [before, after].concat();
                slim.module = Some(slim.replace(at, &module, MODULE)?);
                rest
            }
            None => slim.text.clone(),
        };
        may_move(&rest).then_some(slim)
    }

    /// Puts a `use` of `name` in the place of a part; gives its lines.
    fn replace(
        &mut self,
        at: usize,
        part: &str,
        name: &str,
    ) -> Option<RangeInclusive<u64>> {
        let import = in_the_form_of(part, name)?;
        let begin = self.text[..at].matches('\n').count() as u64 + 1;
        let end = begin + part.matches('\n').count() as u64;
        self.text.replace_range(at..at + part.len(), &import);
        self.parts.push(begin..=end);
        Some(begin..=end)
    }

    /// What the compiler has said, in the words that it would have for the
    /// cell as it is; nothing if they could be others.
    ///
    /// Of a cell that compiles, which is not to be compiled a second time
    /// because of a warning, such warnings are left out.
    pub(super) fn said<'said>(
        &self,
        lines: &'said [String],
        success: bool,
    ) -> Option<Vec<&'said str>> {
        let mut said = Vec::new();
        for line in lines {
            let message: Value = serde_json::from_str(line).unwrap_or_default();
            if message["$message_type"] == "diagnostic" {
                if self.is_about_macros(&message) {
                    continue;
                }
                if self.depends(line, &message) {
                    if success {
                        continue;
                    }
                    return None;
                }
            }
            said.push(line.as_str());
        }
        Some(said)
    }

    /// A macro that only the module uses is unused without it.
    fn is_about_macros(&self, message: &Value) -> bool {
        let text = message["message"].as_str().unwrap_or_default();
        self.module.is_some()
            && message["level"] == "warning"
            && message["code"]["code"] == "unused_macros"
            && MACROS.iter().any(|name| text.contains(name))
    }

    /// Whether a diagnostic could depend on where the module is, or on the
    /// directory of the cell.
    fn depends(&self, line: &str, message: &Value) -> bool {
        let code = message["code"]["code"].as_str().unwrap_or_default();
        // Neither a parser nor a lint looks at the meaning only; both are
        // without a number.
        let has_number = code.len() == 5 && code.starts_with('E');
        let error = message["level"]
            .as_str()
            .is_some_and(|level| level.starts_with("error"));
        let sum = message["spans"].as_array().is_some_and(Vec::is_empty)
            && message["message"]
                .as_str()
                .is_some_and(|text| text.starts_with("aborting due to"));
        line.contains(CRATE)
            || line.contains(MODULE)
            || error && !sum && !has_number
            || ABOUT_FILES.contains(&code)
            || self.parts.iter().any(|part| {
                places(message).any(|place| {
                    *place.start() <= part.end() + AROUND
                        && part.start() <= &(place.end() + AROUND)
                })
            })
    }
}

/// The module in a cell, between what stands before and after it.
fn split(cell: &str) -> Option<(&str, &str, &str)> {
    let begin = cell.find(BEGIN)?;
    let end = begin + cell[begin..].find(END)?;
    // With the closing brace.
    let end = end + "\n}".len();
    let module = &cell[begin..end];
    ((module.len(), digest(module)) == KNOWN)
        .then(|| (&cell[..begin], module, &cell[end..]))
}

/// A `use` of `name` with as many lines as `part`, each of the same length;
/// nothing if there is no room for it.
fn in_the_form_of(part: &str, name: &str) -> Option<String> {
    let import = format!("use {CRATE} :: {name} ;");
    let mut words = import.split(' ').peekable();
    let mut lines = Vec::new();
    for line in part.split('\n') {
        let mut filled = String::new();
        while let Some(word) = words.peek() {
            let gap = usize::from(!filled.is_empty());
            if filled.len() + gap + word.len() > line.len() {
                break;
            }
            filled.push_str(&" ".repeat(gap));
            filled.push_str(word);
            words.next();
        }
        filled.push_str(&" ".repeat(line.len() - filled.len()));
        lines.push(filled);
    }
    words.next().is_none().then(|| lines.join("\n"))
}

/// FNV-1a, to know a text again that nobody has an interest in forging.
fn digest(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |digest, byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Whether nothing in the text names a file by its place beside the source.
fn may_move(text: &str) -> bool {
    !text.contains("include")
}

/// All lines in a file that a diagnostic, or a part of one, is about.
fn places(message: &Value) -> impl Iterator<Item = RangeInclusive<u64>> {
    let mut places = Vec::new();
    let mut open = vec![message];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(values) => open.extend(values),
            Value::Object(fields) => {
                let line = |name: &str| fields.get(name)?.as_u64();
                if let (Some(start), Some(end)) =
                    (line("line_start"), line("line_end"))
                {
                    places.push(start..=end);
                }
                open.extend(fields.values());
            }
            _ => {}
        }
    }
    places.into_iter()
}

/// The compiled crate.
pub(super) struct Runtime {
    pub(super) library: PathBuf,
    compiler: PathBuf,
    arguments: Vec<String>,
}

impl Runtime {
    /// Compiles the crate in the way in which `rustc` compiles the cells, into
    /// `directory`.
    pub(super) fn compile(rustc: &Rustc, directory: &Path) -> Option<Self> {
        Some(Self {
            library: compile(rustc, directory)?,
            compiler: rustc.program.clone(),
            arguments: owned(rustc),
        })
    }

    /// Whether it can be used for cells that are compiled in this way.
    pub(super) fn fits(&self, rustc: &Rustc) -> bool {
        self.compiler == rustc.program && self.arguments == owned(rustc)
    }
}

fn owned(rustc: &Rustc) -> Vec<String> {
    arguments(rustc).into_iter().map(str::to_owned).collect()
}

fn compile(rustc: &Rustc, directory: &Path) -> Option<PathBuf> {
    fs::create_dir_all(directory).ok()?;
    let source = directory.join(format!("{MODULE}.rs"));
    fs::write(&source, SOURCE).ok()?;
    let mut compiler = rustc.command();
    compiler
        .args(arguments(rustc))
        .args(["--crate-type", "rlib", "--emit=link"])
        // By its name the crate is the one of the cells: names of types that
        // a cell prints stay what they were.
        .args(["-C", "metadata=evcxr", "-C", "extra-filename=-runtime"])
        .arg("--out-dir")
        .arg(directory)
        .arg(source)
        .stderr(Stdio::null());
    let done = compiler.status().ok()?;
    let library = directory.join("libctx-runtime.rlib");
    done.success().then_some(library)
}

/// The arguments that say how to compile, without those that say what.
fn arguments(rustc: &Rustc) -> Vec<&str> {
    let mut arguments = Vec::new();
    let mut all = rustc.arguments.iter().map(String::as_str).peekable();
    while let Some(argument) = all.next() {
        match argument {
            "--crate-type" | "--out-dir" | "--extern" | "-L" => {
                all.next();
            }
            "-C" => {
                let what = all.next().unwrap_or_default();
                if !["metadata=", "incremental=", "extra-filename="]
                    .iter()
                    .any(|other| what.starts_with(other))
                {
                    arguments.extend([argument, what]);
                }
            }
            "src/lib.rs" => {}
            _ if argument.starts_with("--emit") => {}
            _ => arguments.push(argument),
        }
    }
    arguments
}

#[cfg(test)]
#[path = "runtime/tests.rs"]
mod tests;
