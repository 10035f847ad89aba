//! The contests, in the order of the table.

use std::io::{self, ErrorKind};
use std::time::Duration;

use crate::duel::{Duel, Load};
use crate::figures::Figures;
use crate::served;

/// How long a contest takes.
const TIME: Duration = Duration::from_secs(9);

/// The same with a crowd, whose turns are few: each client has one in each.
const CROWD_TIME: Duration = Duration::from_secs(20);

/// So many clients are a crowd.
const CROWD: usize = 1000;

/// The same with Python, which is there for comparison.
const PYTHON_TIME: Duration = Duration::from_secs(1);

pub(crate) struct Contest {
    pub(crate) model: &'static str,
    pub(crate) load: Load,
    bare: &'static str,
    ours: &'static str,
    has_python: bool,
}

/// What was measured: ours and Python's, each beside the bare one.
pub(crate) struct Results {
    pub(crate) ours: Figures,
    pub(crate) python: Option<Figures>,
}

/// All contests, with at most `most` clients.
pub(crate) fn all(most: usize) -> Vec<Contest> {
    let crowds = [1, 64, 512, 4096].map(|c: usize| Load::Echoes(c.min(most)));
    let iterative = Contest {
        model: "iterative",
        load: Load::Echoes(1),
        bare: "bare iterative",
        ours: "netlab iterative",
        has_python: false,
    };
    let threaded = crowds.map(|load| Contest {
        model: "threaded",
        load,
        bare: "bare threaded",
        ours: "netlab threaded",
        has_python: true,
    });
    let tokio = crowds.map(|load| Contest {
        model: "tokio",
        load,
        bare: "bare tokio",
        ours: "netlab tokio",
        has_python: false,
    });
    let forking = Contest {
        model: "forking",
        load: Load::Visits(4),
        bare: "bare forking",
        ours: "netlab forking",
        has_python: false,
    };
    let models = [iterative].into_iter().chain(threaded).chain(tokio);
    models.chain([forking]).collect()
}

/// How long a contest with this load takes.
pub(crate) fn time(load: Load) -> Duration {
    match load {
        Load::Echoes(CROWD..) => CROWD_TIME,
        Load::Echoes(_) | Load::Visits(_) => TIME,
    }
}

impl Contest {
    pub(crate) fn run(&self) -> io::Result<Results> {
        let duel = |other| Duel {
            servers: [self.bare, other],
            load: self.load,
        };
        let ours = duel(self.ours).fight(time(self.load))?;
        let python = match self.has_python {
            true => match duel(served::PYTHON).fight(PYTHON_TIME) {
                // Not everybody has it.
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                result => Some(result?),
            },
            false => None,
        };
        Ok(Results { ours, python })
    }
}
