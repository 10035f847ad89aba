//! The solutions that students are shown are the ones that pass here.

use std::fs;
use std::path::Path;

use serde_json::Value;

#[test]
fn shown_solution_is_the_judged_one() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let directory = root.join("../../notebooks/solutions");
    let mut compared = 0;
    for entry in fs::read_dir(directory).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        let notebook: Value = serde_json::from_str(&text).unwrap();
        for cell in notebook["cells"].as_array().unwrap() {
            let Some(name) = cell["metadata"]["netlab"]["solution"].as_str()
            else {
                continue;
            };
            let lines = cell["source"].as_array().unwrap();
            let shown: String =
                lines.iter().filter_map(Value::as_str).collect();
            let judged = shown.replace(&format!("fn {name}("), "fn solution(");
            let tests = root.join(format!("tests/judge/{name}.rs"));
            let tests = fs::read_to_string(tests).unwrap();
            assert!(tests.contains(&judged), "{name}:\n{shown}");
            compared += 1;
        }
    }
    assert!(compared >= 8, "only {compared} solutions were found");
}
