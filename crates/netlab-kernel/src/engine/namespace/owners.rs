//! Which variables may own a socket that a cell has made.

use std::collections::BTreeSet;

use super::{End, Namespace, Run};
use crate::engine::definitions::{self, Definition};

/// The variables that may own what a cell has made.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::engine) struct Owners {
    /// The cell, and the variables of it that are there.
    pub(in crate::engine) cell: u32,
    pub(in crate::engine) variables: Vec<String>,
    /// Those that the last cell has ended.
    pub(in crate::engine) gone: Vec<String>,
}

impl Namespace {
    /// Whether the cell with this number is the one that was executed last.
    pub(in crate::engine) fn is_last(&self, cell: u64) -> bool {
        let runs = self.0.lock().unwrap();
        runs.last().is_some_and(|run| run.number == cell)
    }

    /// Who may own what the cell with this number has made.
    pub(in crate::engine) fn owners(&self, cell: u64) -> Option<Owners> {
        let runs = self.0.lock().unwrap();
        let at = runs.iter().position(|run| run.number == cell)?;
        let now = &runs.last()?.variables;
        let before = match runs.len() {
            0 | 1 => now,
            length => &runs[length - 2].variables,
        };
        let mut from = at;
        let mut names = made_by(&runs[at]);
        // Whoever moved all of them out has made something of them.
        while !names.is_empty() {
            let taker = runs[from + 1..].iter().position(|run| {
                let is_there = |name: &String| run.variables.contains_key(name);
                run.end == End::Done && !names.iter().any(is_there)
            });
            let Some(taker) = taker else { break };
            from += 1 + taker;
            names = made_by(&runs[from]);
        }
        let is_last = |name: &String| {
            let later = runs[from + 1..].iter();
            let mut later = later.filter(|run| run.end == End::Done);
            !later.any(|run| variables_of(run).contains(name))
        };
        let (variables, gone) = names
            .into_iter()
            .filter(is_last)
            .filter(|name| before.contains_key(name) || now.contains_key(name))
            .partition(|name| now.contains_key(name));
        Some(Owners {
            cell: runs[from].count,
            variables,
            gone,
        })
    }
}

/// The variables that a cell has made and left, and that may own a socket, by
/// their types: those that are called so, or else whatever may have one inside.
fn made_by(run: &Run) -> Vec<String> {
    const SOCKETS: [&str; 3] = ["Listener", "Socket", "Server"];
    const NEVER: [&str; 11] = [
        "str",
        "String",
        "SocketAddr",
        "Duration",
        "Instant",
        "bool",
        "isize",
        "usize",
        "()",
        "JoinHandle",
        "Sender",
    ];
    let names = variables_of(run);
    let is_socket = |name: &&String| {
        let of = run.variables[*name].replace("SocketAddr", "");
        SOCKETS.iter().any(|socket| of.contains(socket))
    };
    if names.iter().any(|name| is_socket(&name)) {
        return names.iter().filter(is_socket).cloned().collect();
    }
    let can_be = |name: &String| {
        let of = definitions::bare(&run.variables[name]);
        let of = of.trim_start_matches("&'static ");
        let is_number = of.starts_with(['i', 'u', 'f'])
            && of[1..].chars().all(|c| c.is_ascii_digit());
        !is_number && !NEVER.contains(&of)
    };
    names.into_iter().filter(can_be).collect()
}

/// The variables that a cell has made and left.
fn variables_of(run: &Run) -> Vec<String> {
    if run.end != End::Done {
        return Vec::new();
    }
    let made = run.made.iter();
    let names: BTreeSet<String> = made
        .filter_map(|made| match made {
            Definition::Variable(name) => Some(name.clone()),
            _ => None,
        })
        .filter(|name| run.variables.contains_key(name))
        .collect();
    names.into_iter().collect()
}
