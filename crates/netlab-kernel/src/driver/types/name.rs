//! The names of types in MIR, and which of them a cell can write.

/// The crates that every cell is given.
const STD: [&str; 2] = ["std", "core"];

/// The type of what never ends, as a cell can write it: `!` itself is allowed
/// only behind `->`. The thread of a `loop` or of a `panic!` has it.
const NEVER: &str =
    "<std::iter::RepeatWith<fn() -> !> as std::iter::Iterator>::Item";

/// What stands for a function: `fn(i32) -> i32 {double}`. As a pointer it can
/// be stored.
pub(super) fn of_function(name: &str) -> Option<&str> {
    let (pointer, path) = name.strip_suffix('}')?.split_once(" {")?;
    let is_one = ["fn(", "unsafe fn(", "extern ", "for<"]
        .iter()
        .any(|start| pointer.starts_with(start));
    (is_one && !path.contains("closure@") && !pointer.contains('{'))
        .then_some(pointer)
}

/// The type as a cell writes it: no variable can hold anything shorter-lived.
/// What has no name is called by what it is.
pub(super) fn text(name: &str) -> String {
    let mut text = name.replace("'_", "'static");
    while let Some((before, rest)) = text.split_once('@') {
        let Some((_, after)) = rest.split_once('}') else {
            break;
        };
        text = format!("{before}}}{after}");
    }
    never_written(&text)
}

/// The type with `!` in words that are allowed where it stands.
fn never_written(name: &str) -> String {
    let mut written = String::with_capacity(name.len());
    for part in name.split_inclusive('!') {
        match part.strip_suffix('!') {
            Some(before) if !before.ends_with("-> ") => {
                written.push_str(before);
                written.push_str(NEVER);
            }
            _ => written.push_str(part),
        }
    }
    written
}

/// The type with the names of the standard library alone, as one speaks of
/// them: `Vec<String>`.
pub(super) fn short(name: &str) -> String {
    let name = name.replace(NEVER, "!");
    let in_a_path = |c: char| is_word(c) || c == ':';
    let mut short = String::with_capacity(name.len());
    let mut rest = name.as_str();
    while let Some(start) = rest.find(in_a_path) {
        let (before, path) = rest.split_at(start);
        let end = path.find(|c| !in_a_path(c)).unwrap_or(path.len());
        let (path, after) = path.split_at(end);
        let is_std = ["std::", "core::"].iter().any(|s| path.starts_with(s));
        short.push_str(before);
        short.push_str(match path.rsplit_once("::") {
            Some((_, last)) if is_std => last,
            _ => path,
        });
        rest = after;
    }
    short.push_str(rest);
    short
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '#'
}

/// Whether a cell with this text, which is given the crates `externs`, can
/// write the type.
pub(super) fn can_be_written(name: &str, cell: &str, externs: &[&str]) -> bool {
    let never = ["{", "impl ", " as ", "run_user_code_"];
    if never.iter().any(|part| name.contains(part)) {
        return false;
    }
    heads(name).all(|head| {
        STD.contains(&head)
            || externs.contains(&head)
            || cell.contains(&format!("mod {head}"))
    })
}

/// Whether all paths in a type begin in the standard library.
pub(super) fn lies_in_std(name: &str) -> bool {
    heads(name).all(|head| STD.contains(&head))
}

/// Where the paths in a type begin: `std` and `netlab` in
/// `std::option::Option<netlab::client::Timeouts>`.
fn heads(name: &str) -> impl Iterator<Item = &str> {
    name.match_indices("::").filter_map(move |(at, _)| {
        let before = &name[..at];
        let start = before
            .char_indices()
            .rev()
            .take_while(|(_, c)| is_word(*c))
            .last()
            .map_or(at, |(start, _)| start);
        let is_head = start < at && !before[..start].ends_with("::");
        is_head.then_some(&before[start..])
    })
}
