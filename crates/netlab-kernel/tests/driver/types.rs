//! The types of variables, found by the compiler in whatever way it is run.

use super::*;

/// What `evcxr` writes for a variable whose type it was told to be a name.
const STORED: &str = "let a = std::sync::Arc::new(helper::WORDS);\n\
    let a:NetlabType4=a;\n\
    evcxr_variable_store.put_variable::<NetlabType4>(stringify!(a), a);\n\
    let f = u8::is_ascii;\n\
    evcxr_variable_store.put_variable::<NetlabType5>(stringify!(f), f);\n";

/// A store in the place of that of `evcxr`.
const STORE: &str = "struct Store;\n\
    impl Store { fn put_variable<T: 'static>(&self, _: &str, _: T) {} }\n\
    let evcxr_variable_store = Store;\n";

fn types(cells: &Cells) -> Vec<String> {
    fs::read_to_string(cells.at("cells/driver/types"))
        .unwrap_or_default()
        .lines()
        .map(str::to_owned)
        .collect()
}

fn expected() -> [&'static str; 2] {
    // A function is compiled once more, as a pointer.
    ["4 std::sync::Arc<&str>", "5 for<'a> fn(&'a u8) -> bool"]
}

#[test]
fn types_are_found_when_cargo_compiles() {
    let mut cells = Cells::new();
    let built = cells.build(&format!("{STORE}{STORED}"));
    assert!(built.by_cargo() && built.success, "{}", built.said);
    assert_eq!(types(&cells), expected());
}

#[test]
fn types_are_found_when_the_recorded_compiler_runs() {
    let mut cells = Cells::new();
    cells.build_without_cargo("");
    let built = cells.build(&format!("{STORE}{STORED}"));
    assert!(!built.by_cargo() && built.success, "{}", built.said);
    assert_eq!(types(&cells), expected());

    let built = cells.build(
        "let a: NetlabType4 = std::sync::Arc::new(\"known\");\n\
         println!(\"{a} {}\", helper::WORDS);",
    );
    assert!(built.success, "{}", built.said);
    assert!(cells.library_has("known"));
}

#[test]
fn variable_that_no_cell_could_name_is_an_error_at_its_place() {
    let mut cells = Cells::new();
    cells.build_without_cargo("");
    let built = cells.build(&format!(
        "{STORE}let c = |x: u8| x;\n\
         evcxr_variable_store.put_variable::<NetlabType6>(stringify!(c), c);\n"
    ));
    assert!(!built.success, "{}", built.said);
    let message = &built.messages[0]["message"];
    assert_eq!(message["code"]["code"], "E0562");
    // After the attribute: one line for the function, three for the store.
    assert_eq!(message["spans"][0]["line_start"], 6);
    assert_eq!(types(&cells), ["6 {closure}"]);
}
