//! What a failed `?` hands out of a cell, with everything it has to say.
//!
//! `evcxr` converts such an error by an implementation of `From` for all types
//! that have a debug form, and that is all that can be had of it then: neither
//! the text for people nor what lies behind it. So the driver asks for more,
//! what every error of a library and every text can do: to become a
//! `Box<dyn Error>`. A cell that does not compile like this is compiled as it
//! is.

/// The line for which types it is, and the line that prints the error.
const BOUND: [&str; 2] = [
    "impl<T: std::fmt::Debug> From<T> for EvcxrUserCodeError {",
    "impl<T: Into<Box<dyn std::error::Error>>> From<T> for EvcxrUserCodeError {",
];
const PRINTS: [&str; 2] = [
    "eprintln!(\"{:?}\", error);",
    "eprintln!(\"{error}\", error);",
];

/// What tells such errors apart, in the prelude of the kernel.
const TOLD_BY: &str = "mod netlab_errors {";

/// Makes the errors in a cell say all; says whether there are such in it.
pub(super) fn widen(cell: &mut String) -> bool {
    let known = cell.contains(TOLD_BY)
        && [BOUND, PRINTS]
            .iter()
            .all(|[narrow, _]| cell.contains(narrow));
    if known {
        for [narrow, wide] in [BOUND, PRINTS] {
            *cell = cell.replacen(narrow, wide, 1);
        }
    }
    known
}

/// The cell as it was before [`widen`].
pub(super) fn as_written_by_evcxr(cell: &str) -> String {
    match cell.contains(BOUND[1]) {
        true => [BOUND, PRINTS]
            .iter()
            .fold(cell.to_owned(), |cell, [narrow, wide]| {
                cell.replacen(wide, narrow, 1)
            }),
        false => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_conversion_of_errors_is_another() {
        let cell = format!(
            "pub {TOLD_BY} }}\nstruct EvcxrUserCodeError {{}}\n{} fn \
             from(error: T) -> Self {{\n{}\n}} }}\nfn run() {{}}\n",
            BOUND[0], PRINTS[0]
        );
        let mut wide = cell.clone();
        assert!(widen(&mut wide));
        assert!(wide.contains(BOUND[1]) && wide.contains(PRINTS[1]));
        assert_eq!(wide.lines().count(), cell.lines().count());
        assert_eq!(as_written_by_evcxr(&wide), cell);
        assert!(!widen(&mut wide), "there is nothing left to widen");
        assert!(!widen(&mut "fn run() {}".to_owned()));
    }
}
