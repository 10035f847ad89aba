//! How a cell has ended.

use evcxr::{Error, EvalOutputs};

use super::Engine;
use super::locals::Named;
use super::namespace::{End, Run};
use crate::cells::{Cell, Work};
use crate::failure::{self, Failure, unclosed};
use crate::wire::Request;

impl Engine {
    /// Decides how the cell has ended.
    pub(super) fn judge(
        &self,
        request: &Request,
        cell: &Cell,
        named: &Named,
        evaluated: Result<EvalOutputs, Error>,
        work: Option<Work>,
    ) -> Result<EvalOutputs, Failure> {
        let code = request.text("code");
        let ended = work.as_ref().map(|w| w.ended.clone()).unwrap_or_default();
        let interrupted =
            work.as_ref().is_some_and(|w| w.interrupted.is_some());
        // Too late for a cell that had come to its end by itself.
        let late = evaluated.is_ok() && !ended.interrupted;
        if interrupted && !late {
            let died = matches!(evaluated, Err(Error::SubprocessTerminated(_)));
            return Err(match died {
                true => Failure::killed(),
                false => Failure::interrupted(),
            });
        }
        match evaluated {
            Ok(_) if ended.panicked => Err(match &ended.panic {
                Some(report) => {
                    let number = cell.number;
                    failure::panic::failure(report, number, &self.sources).with(
                        self.kernel
                            .about_address(&report.message, &report.taken),
                    )
                }
                None => failure::panic::without_report(),
            }),
            Ok(_) if ended.failed => Err(match &ended.error {
                Some(report) => {
                    let number = cell.number;
                    let text = report.display.as_ref().unwrap_or(&report.debug);
                    failure::question_mark::failure(
                        report,
                        number,
                        &self.sources,
                    )
                    .with(self.kernel.about_address(text, &report.taken))
                }
                None => failure::question_mark::without_report(),
            }),
            Ok(outputs) => Ok(outputs),
            Err(Error::CompilationErrors(errors)) => {
                Err(self.not_compiled(&errors, cell, named, request))
            }
            Err(Error::SubprocessTerminated(status)) => {
                Err(failure::death::failure(&status, &ended))
            }
            Err(error) => {
                let said = self.readable(&error.to_string());
                Err(unclosed::failure(
                    code,
                    cell.count,
                    (failure::UNNAMED, &said),
                )
                .unwrap_or_else(|| Failure::message(&said)))
            }
        }
    }

    /// Keeps in mind how a cell has ended, and what there is after it.
    pub(super) fn remember(
        &self,
        cell: &Cell,
        code: &str,
        evaluated: &Result<EvalOutputs, Error>,
        work: Option<&Work>,
    ) {
        if cell.silent {
            return;
        }
        let ended = work.map(|work| work.ended.clone()).unwrap_or_default();
        let end = match evaluated {
            Err(Error::SubprocessTerminated(_)) => End::Died,
            Err(_) => End::NotCompiled,
            Ok(_) if ended.interrupted => End::Interrupted,
            Ok(_) if ended.panicked || ended.failed => End::Failed,
            Ok(_) => End::Done,
        };
        let number = (cell.number, cell.count);
        let run = Run::new(number, code, end, self.variables());
        self.kernel.namespace.add(run);
    }
}
