//! What is said of a cell that the compiler has refused.

use evcxr::CompilationError;

use super::Engine;
use super::locals::Named;
use super::notebook::Lesson;
use crate::cells::Cell;
use crate::failure::{self, Failure, unclosed};
use crate::wire::Request;

impl Engine {
    /// The failure of a cell that does not compile.
    pub(super) fn not_compiled(
        &self,
        errors: &[CompilationError],
        cell: &Cell,
        named: &Named,
        request: &Request,
    ) -> Failure {
        let (code, count) = (request.text("code"), cell.count);
        // A name that a cell has made is one that was lost.
        let was_made = |name: &str| {
            let made =
                ["let ", "let mut ", "fn "].map(|it| it.to_owned() + name);
            let makes = |cell: &String| made.iter().any(|it| cell.contains(it));
            self.kernel.history.cells().iter().any(makes)
        };
        let is_unknown = |name: &str| {
            failure::compile::is_unknown(errors, name) && !was_made(name)
        };
        failure::other_language::failure(code, count, is_unknown)
            .or_else(|| {
                let first = errors.first()?;
                let name = first.code().unwrap_or(failure::UNNAMED);
                unclosed::failure(code, count, (name, &first.message()))
            })
            .unwrap_or_else(|| {
                failure::compile::failure(errors, code, named, count)
                    .with(self.advice(errors, request))
            })
    }

    /// What the errors of the compiler mean for this session.
    fn advice(
        &self,
        errors: &[CompilationError],
        request: &Request,
    ) -> Vec<String> {
        let code = request.text("code");
        let kernel = &self.kernel;
        let id = request.cell_id.as_deref();
        let lesson = Lesson::new(kernel.notebook.cells(), id, code);
        let mut advice = failure::lost_name::sentences(
            errors,
            code,
            &kernel.namespace,
            &lesson,
        );
        let variables = self.variables();
        let type_of = |name: &str| variables.get(name).cloned();
        for error in errors {
            let sentence = failure::ownership::sentence(&error.json, &type_of);
            advice.extend(sentence.filter(|said| !advice.contains(said)));
        }
        advice
    }
}
