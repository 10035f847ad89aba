//! Executing one cell, from busy to idle.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use evcxr::{Error, EvalOutputs};
use serde_json::{Map, Value, json};

use super::locals::Named;
use super::{Engine, reply, thread_output, uncalled_main};
use crate::cells::Cell;
use crate::channel::ToChild;
use crate::driver;
use crate::failure::{self, unclosed};
use crate::wire::Request;

impl Engine {
    /// Executes the cell of a request.
    pub(super) fn execute(&mut self, request: &Request) {
        let kernel = self.kernel.clone();
        let code = request.text("code");
        let cell = kernel.cells.begin(request);
        kernel.clear_progress(&request.origin);
        if !cell.silent {
            kernel.output.open(cell.number, &request.origin);
            self.sources.insert(cell.number, cell.count, code, "");
            if request.switch("store_history", true) && !code.trim().is_empty()
            {
                kernel.history.push(cell.count, code);
            }
        }
        let named = self.name_variables(code);
        let evaluated = self.evaluate(&cell, &named.text);
        let result = kernel.output.result_of(cell.number);
        kernel.input.forget();
        let work = kernel.cells.end();
        self.remember(&cell, code, &evaluated, work.as_ref());
        let interrupted =
            work.as_ref().is_some_and(|w| w.interrupted.is_some());
        let done = self.judge(request, &cell, &named, evaluated, work);

        match &done {
            // The reply carries it.
            Ok(_) if reply::is_page(code) => {}
            Ok(outputs) => {
                self.publish_results(&cell, outputs, result);
                self.remark_on_main(&cell, code);
            }
            // What it showed last is not its result.
            Err(_) => kernel.publish_display(&cell, result),
        }
        kernel.output.settle(cell.number);
        // Before the reply: what a client sends after it is to be executed.
        let stops = (done.is_err() || interrupted)
            && request.switch("stop_on_error", true);
        let waiting = if stops { self.waiting() } else { Vec::new() };
        let content = match done {
            Ok(outputs) => {
                let payload = match reply::is_page(code) {
                    true => reply::page(&outputs),
                    false => json!([]),
                };
                reply::ok(cell.count, request, payload)
            }
            Err(failure) => {
                let content = failure.content();
                if !cell.silent {
                    let origin = cell.origin.as_ref();
                    kernel.publisher.send("error", content.clone(), origin);
                }
                reply::error(cell.count, content)
            }
        };
        kernel.shell.reply(request, content);
        kernel.publisher.status("idle", Some(&request.origin));
        self.abort(waiting);
    }

    /// Executes a cell of the kernel's own, which counts nowhere.
    pub(super) fn execute_hidden(&mut self, code: &str) -> Result<(), Error> {
        let cell = self.kernel.cells.begin_hidden();
        let named = self.name_variables(code);
        let evaluated = self.evaluate(&cell, &named.text);
        self.kernel.cells.end();
        evaluated.map(drop)
    }

    /// Leaves the types of the new variables of a cell to the compiler.
    fn name_variables(&mut self, code: &str) -> Named {
        match &mut self.unknown {
            Some(next) => Named::of(code, next),
            None => Named::unchanged(code),
        }
    }

    /// A text of `evcxr` with the types that the compiler has found.
    pub(super) fn readable(&self, text: &str) -> String {
        match text.contains(driver::UNKNOWN) {
            true => driver::types(&self.kernel.build_dir).readable(text),
            false => text.to_owned(),
        }
    }

    fn evaluate(
        &mut self,
        cell: &Cell,
        code: &str,
    ) -> Result<EvalOutputs, Error> {
        if unclosed::ends_in_comment(code) {
            return Err(Error::Message(unclosed::COMMENT.to_owned()));
        }
        let (code, wishes) = thread_output::take_out(code)?;
        let link = self.kernel.link.clone();
        link.wait()
            .map_err(|error| Error::Message(error.to_string()))?;
        let mut said = self.direct_threads(&wishes);
        let child = link.pid();
        link.tell(&ToChild::BeginCell { cell: cell.number });
        let context = &mut self.context;
        let evaluated =
            catch_unwind(AssertUnwindSafe(|| context.execute(&code)));
        let evaluated = evaluated.unwrap_or_else(|_| {
            let text = "ошибка в самом evcxr; подробности в журнале Jupyter";
            Err(Error::Message(text.to_owned()))
        });
        match &evaluated {
            Err(Error::SubprocessTerminated(_)) => link.wait_until_gone(child),
            _ => link.drain(),
        }
        if cell.origin.is_some()
            && let Ok(compiled) = self.context.last_source()
        {
            self.sources.compiled(cell.number, compiled);
        }
        self.tell_analyst(evaluated.is_ok().then_some(&code));
        evaluated.map(|mut outputs| {
            if reply::is_page(&code) {
                thread_output::add_to_help(&mut outputs);
            }
            for text in outputs.content_by_mime_type.values_mut() {
                *text = self.readable(text);
            }
            said.merge(outputs);
            said
        })
    }

    /// What `evcxr` has accepted, and which variables there are now.
    fn tell_analyst(&mut self, code: Option<&str>) {
        let code = code.map(|code| self.without_preloaded(code));
        let variables = self.variables();
        let variables = variables
            .iter()
            .map(|(name, of)| (name.as_str(), of.as_str()));
        self.kernel.analyst.ran(code.as_deref(), variables);
    }

    /// The variables that there are, and their types.
    pub(super) fn variables(&self) -> BTreeMap<String, String> {
        let types = driver::types(&self.kernel.build_dir);
        let variables = self.context.variables_and_types();
        variables
            .map(|(name, of)| (name.to_owned(), types.whole(of)))
            .collect()
    }

    /// The cell without the line that was executed in advance, the first time
    /// that it has it: the analyst knows the crate, and would read all crates
    /// again beside the next cells.
    fn without_preloaded(&mut self, code: &str) -> String {
        if code.lines().any(|line| line.trim() == ":clear") {
            // Then it knows no crate any more.
            self.preloaded = None;
        }
        let has = |line: &mut String| code.lines().any(|own| own == line);
        match self.preloaded.take_if(has) {
            Some(line) => code.replacen(&line, "", 1),
            None => code.to_owned(),
        }
    }

    fn publish_results(
        &self,
        cell: &Cell,
        outputs: &EvalOutputs,
        result: Option<Value>,
    ) {
        if cell.silent {
            return;
        }
        let kernel = &self.kernel;
        let mut commands = Map::new();
        for (mime, content) in &outputs.content_by_mime_type {
            commands.insert(mime.clone(), Value::from(content.as_str()));
        }
        let mut commands =
            (!commands.is_empty()).then_some(Value::Object(commands));
        if result.is_some() {
            kernel.publish_display(cell, commands.take());
        }
        if let Some(data) = result.or(commands) {
            let content = json!({
                "execution_count": cell.count,
                "data": data,
                "metadata": {},
            });
            let origin = cell.origin.as_ref();
            kernel.publisher.send("execute_result", content, origin);
        }
        if let Some(took) = outputs.timing {
            kernel.output.remark(
                cell.number,
                &format!("Время: {:.0} мс\n", took.as_secs_f64() * 1000.0),
            );
        }
    }

    /// Says, once in a session, that defining `main` runs nothing.
    fn remark_on_main(&mut self, cell: &Cell, code: &str) {
        if !self.knows_main
            && !cell.silent
            && let Some(remark) = uncalled_main::remark(code)
        {
            self.knows_main = true;
            self.kernel.output.remark(cell.number, &remark);
        }
    }

    /// Starts a new child in place of one that ended while no cell ran.
    pub(super) fn replace_child(&mut self) {
        let process = self.context.process_handle();
        let Ok(Some(status)) = process.lock().unwrap().try_wait() else {
            // evcxr has replaced it already.
            return;
        };
        // evcxr finds out, and starts another, when it runs the next cell.
        let _ = self.context.execute("();");
        self.tell_analyst(None);
        self.kernel.namespace.died();
        let text = format!("Subprocess terminated with status: {status}");
        self.kernel.output.remark(
            self.kernel.cells.last_visible(),
            &format!(
                "\n✗ Между ячейками: {}.\n{}\n",
                failure::death::cause(&text),
                failure::death::LOST
            ),
        );
    }
}
