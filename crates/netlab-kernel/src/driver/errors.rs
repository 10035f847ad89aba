//! What a failed `?` hands out of a cell, with everything it has to say.
//!
//! `evcxr` converts such an error by an implementation of `From` for all types
//! that have a debug form, and that is all that can be had of it then: neither
//! the text for people nor what lies behind it. So the driver asks for more,
//! what every error of a library and every text can do: to become a
//! `Box<dyn Error>`. A cell that does not compile like this is compiled as it
//! is.
//!
//! In every cell the conversion is told from where it is called: `?` passes
//! its own place on.

/// The line for which types it is, and the line that prints the error.
const BOUND: [&str; 2] = [
    "impl<T: std::fmt::Debug> From<T> for EvcxrUserCodeError {",
    "impl<T: Into<Box<dyn std::error::Error>>> From<T> for EvcxrUserCodeError {",
];
const PRINTS: [&str; 2] = [
    "eprintln!(\"{:?}\", error);",
    "eprintln!(\"{error}\", error);",
];

/// The end of the line before the conversion, as `evcxr` writes it and with
/// the attribute that tells it the place.
const CONVERSION: [&str; 2] = [
    "> From<T> for EvcxrUserCodeError {\n",
    "> From<T> for EvcxrUserCodeError { #[track_caller]\n",
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

/// Makes the errors in a cell say where they left it.
pub(super) fn locate(cell: &mut String) {
    let [silent, told] = CONVERSION;
    if cell.contains(TOLD_BY) && cell.contains(silent) {
        *cell = cell.replacen(silent, told, 1);
    }
}

/// The cell as it was before [`widen`] and [`locate`].
pub(super) fn as_written_by_evcxr(cell: &str) -> String {
    let [silent, told] = CONVERSION;
    let cell = cell.replacen(told, silent, 1);
    match cell.contains(BOUND[1]) {
        true => [BOUND, PRINTS]
            .iter()
            .fold(cell, |cell, [narrow, wide]| cell.replacen(wide, narrow, 1)),
        false => cell,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_conversion_of_errors_is_another() {
        let cell = format!(
            "pub {TOLD_BY} }}\nstruct EvcxrUserCodeError {{}}\n{}\nfn \
             from(error: T) -> Self {{\n{}\n}} }}\nfn run() {{}}\n",
            BOUND[0], PRINTS[0]
        );
        let mut wide = cell.clone();
        assert!(widen(&mut wide));
        assert!(wide.contains(BOUND[1]) && wide.contains(PRINTS[1]));
        locate(&mut wide);
        assert!(wide.contains(CONVERSION[1]));
        assert_eq!(wide.lines().count(), cell.lines().count());
        assert_eq!(as_written_by_evcxr(&wide), cell);
        assert!(!widen(&mut wide), "there is nothing left to widen");
        assert!(!widen(&mut "fn run() {}".to_owned()));
    }
}
