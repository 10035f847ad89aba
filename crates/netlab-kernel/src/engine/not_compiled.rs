//! What is said of a cell that the compiler has refused.

use std::collections::BTreeMap;

use evcxr::CompilationError;

use super::Engine;
use super::locals::Named;
use super::namespace::Wanted;
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
        let namespace = &self.kernel.namespace;
        let is_unknown = |name: &str| {
            // A name that a cell has made is one that was lost.
            failure::compile::is_unknown(errors, name)
                && namespace.fate(&Wanted::Name(name.to_owned())).is_none()
        };
        let variables = self.variables();
        failure::other_language::failure(code, count, is_unknown)
            .or_else(|| {
                let first = errors.first()?;
                let name = first.code().unwrap_or(failure::UNNAMED);
                unclosed::failure(code, count, (name, &first.message()))
            })
            .unwrap_or_else(|| {
                let is_of_an_earlier_cell = |name: &str| {
                    variables.contains_key(name)
                        && !Wanted::Name(name.to_owned()).is_variable_of(code)
                };
                failure::compile::failure(
                    errors,
                    code,
                    named,
                    count,
                    &is_of_an_earlier_cell,
                )
                .with(self.advice(errors, request, &variables))
            })
    }

    /// What the errors of the compiler mean for this session.
    fn advice(
        &self,
        errors: &[CompilationError],
        request: &Request,
        variables: &BTreeMap<String, String>,
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
        let type_of = |name: &str| variables.get(name).cloned();
        for error in errors {
            let sentence = failure::ownership::sentence(&error.json, &type_of);
            advice.extend(sentence.filter(|said| !advice.contains(said)));
        }
        advice
    }
}
