//! The answer to a cell with a variable that can't be stored.

use serde_json::json;

use crate::driver::call::Built;

/// The error with which the compiler refuses `impl Trait` as the type of a
/// variable: `evcxr` explains it, with the type, and says what can be done.
const CODE: &str = "E0562";

/// How cargo would end with such an error in this line of the cell.
pub(in crate::driver) fn refusal(line: usize) -> Built {
    let text = "a variable of this type can't be stored";
    let message = json!({
        "reason": "compiler-message",
        "message": {
            "$message_type": "diagnostic",
            "message": text,
            "code": { "code": CODE, "explanation": null },
            "level": "error",
            "spans": [{
                "file_name": "src/lib.rs",
                "byte_start": 0,
                "byte_end": 0,
                "line_start": line,
                "line_end": line,
                "column_start": 1,
                "column_end": 1,
                "is_primary": true,
                "text": [],
                "label": null,
                "suggested_replacement": null,
                "suggestion_applicability": null,
                "expansion": null,
            }],
            "children": [],
            "rendered": format!("error[{CODE}]: {text}\n"),
        },
    });
    let end = json!({ "reason": "build-finished", "success": false });
    Built {
        code: 101,
        out: format!("{message}\n{end}\n").into_bytes(),
        err: Vec::new(),
    }
}
