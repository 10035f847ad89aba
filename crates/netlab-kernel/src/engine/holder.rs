//! Who holds an address that a cell could not bind, in the terms of a
//! notebook: its variables, its cells, other notebooks.

use nix::unistd::Pid;
use procfs::process::{FDTarget, Process};

use super::neighbour::{self, Neighbour};
use crate::channel::{Owner, TakenAddress};
use crate::failure::busy_port;
use crate::kernel::Kernel;

/// Who holds it, with the numbers in the brackets of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holder {
    /// One of these variables that a cell has made.
    Variables {
        names: Vec<String>,
        cell: u32,
    },
    /// A variable did, until the failed cell ended.
    Gone {
        name: String,
        cell: u32,
    },
    /// The failed cell itself did, until it ended.
    SameCell,
    /// Nobody any more.
    Freed,
    /// What a cell has made and no variable owns.
    Cell(u32),
    /// The process of the cells; more is not known.
    Own,
    Notebook(Option<String>),
    Process {
        pid: i32,
        command: String,
    },
    /// A connection that is being closed.
    Closing,
    /// Nobody that can be seen.
    Nobody,
}

impl Kernel {
    /// Who holds this address, after the cell that wanted it has ended.
    fn holder(&self, taken: &TakenAddress) -> Holder {
        match taken.owner {
            Owner::Own { inode, cell } => self.own_holder(inode, cell),
            Owner::Process { pid } => {
                match neighbour::of(pid, &self.build_dir) {
                    Neighbour::Notebook(name) => Holder::Notebook(name),
                    Neighbour::Process { pid, command } => {
                        Holder::Process { pid, command }
                    }
                }
            }
            Owner::Closing => Holder::Closing,
            Owner::Unknown => Holder::Nobody,
        }
    }

    /// A line about the address that an error with this text is about.
    pub(crate) fn about_address(
        &self,
        text: &str,
        taken: &Option<TakenAddress>,
    ) -> Option<String> {
        let taken = taken.as_ref()?;
        busy_port::sentence(text, &taken.name, &self.holder(taken))
    }

    fn own_holder(&self, inode: u64, cell: Option<u64>) -> Holder {
        let is_open = self.link.pid().is_some_and(|pid| has(pid, inode));
        let owners = cell.and_then(|cell| self.namespace.owners(cell));
        match owners {
            Some(owners) if is_open && owners.variables.is_empty() => {
                Holder::Cell(owners.cell)
            }
            Some(owners) if is_open => Holder::Variables {
                names: owners.variables,
                cell: owners.cell,
            },
            None if is_open => Holder::Own,
            _ if cell.is_some_and(|cell| self.namespace.is_last(cell)) => {
                Holder::SameCell
            }
            Some(mut owners) if owners.gone.len() == 1 => Holder::Gone {
                name: owners.gone.remove(0),
                cell: owners.cell,
            },
            _ => Holder::Freed,
        }
    }
}

/// Whether a process has the socket with this inode open.
fn has(pid: Pid, inode: u64) -> bool {
    let process = Process::new(pid.as_raw());
    let descriptors = process.and_then(|process| process.fd());
    let mut descriptors = descriptors.into_iter().flatten();
    descriptors.any(|descriptor| {
        descriptor.is_ok_and(|found| {
            matches!(found.target, FDTarget::Socket(own) if own == inode)
        })
    })
}
