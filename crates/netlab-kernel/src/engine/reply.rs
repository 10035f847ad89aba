//! The replies to a cell.

use evcxr::EvalOutputs;
use serde_json::{Map, Value, json};

use crate::failure::Failure;
use crate::wire::Request;

/// Whether a cell asks for a text to read, not for a result.
pub(super) fn is_page(code: &str) -> bool {
    code.trim() == ":help"
}

/// What such a cell gives, as a payload: consoles show it in a pager, and
/// JupyterLab below the cell.
pub(super) fn page(outputs: &EvalOutputs) -> Value {
    json!([{
        "source": "page",
        "data": outputs.content_by_mime_type,
        "start": 0,
    }])
}

/// The reply to a cell that has succeeded.
///
/// There is no evaluation without a cell, so every user expression is an
/// error of its own.
pub(super) fn ok(count: u32, request: &Request, payload: Value) -> Value {
    let mut answers = Map::new();
    if let Some(asked) = request.content["user_expressions"].as_object() {
        for name in asked.keys() {
            let mut answer = Failure::new(
                "NotSupported",
                "user_expressions are not evaluated by this kernel",
                [],
            )
            .content();
            answer["status"] = "error".into();
            answers.insert(name.clone(), answer);
        }
    }
    json!({
        "status": "ok",
        "execution_count": count,
        "payload": payload,
        "user_expressions": answers,
    })
}

/// The reply to a cell that has failed with this error.
pub(super) fn error(count: u32, error: Value) -> Value {
    let mut reply = error;
    reply["status"] = "error".into();
    reply["execution_count"] = count.into();
    reply
}
