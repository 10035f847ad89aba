//! What the errors about ownership mean for the variables of a notebook.

use serde_json::Value;

use super::backquotes;
use super::kept::Kept;

/// One sentence for such an error, as the compiler has said it; `type_of` tells
/// the types of the variables of earlier cells.
pub(crate) fn sentence(
    error: &Value,
    type_of: &impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let code = error["code"]["code"].as_str()?;
    let message = error["message"].as_str().unwrap_or_default();
    let name = name(message).unwrap_or("x");
    let kept = |name: &str| {
        let of = type_of(name).or_else(|| moved_type(error));
        Kept::of(name, &of.unwrap_or_default())
    };
    if is_of_a_thread(error) {
        let name = borrowed(message).unwrap_or(name);
        let kept = kept(name);
        let how = match kept.given_or_shared() {
            Some(given) => {
                format!("чтобы она осталась, отдайте потоку {given}")
            }
            None => kept.why_not().to_owned(),
        };
        return Some(format!(
            "Поток может жить дольше ячейки, поэтому заимствовать переменную \
             `{name}` не может: с `move` он её забирает, и в следующих ячейках \
             её нет; {how}."
        ));
    }
    Some(match code {
        "E0382" => format!(
            "Переменную `{name}` отдали, и дальше её нет, в следующих ячейках \
             тоже; {}.",
            how_to_keep(name, &kept(name), is_taken_by_a_closure(error))
        ),
        "E0505" => {
            let given = kept(name).given_or_shared();
            let or = given.map(|given| format!(" или отдайте {given}"));
            format!(
                "Отдать `{name}` можно, когда ссылок на неё больше нет: \
                 возьмите код со ссылкой в `{{ }}`{}; отданной переменной не \
                 будет и в следующих ячейках.",
                or.unwrap_or_default()
            )
        }
        "E0502" | "E0499" | "E0506" => format!(
            "Пока ссылка на `{name}` нужна, менять переменную нельзя: возьмите \
             код со ссылкой в `{{ }}`; между ячейками живут значения, а не \
             ссылки, поэтому в следующей ячейке `{name}` снова свободна."
        ),
        _ => return None,
    })
}

/// Whether the error is that a thread borrows a variable. The compiler has
/// several words for it: the code of a cell is a closure itself.
pub(super) fn is_of_a_thread(error: &Value) -> bool {
    let code = error["code"]["code"].as_str().unwrap_or_default();
    let says = |what: &str| labels(error).any(|label| label.contains(what));
    code == "E0373"
        || ["E0505", "E0521", "E0597"].contains(&code)
            && says("is borrowed for `'static`")
            && (says("closure") || says("captured"))
}

fn labels(error: &Value) -> impl Iterator<Item = &str> {
    let spans = error["spans"].as_array().into_iter().flatten();
    spans.filter_map(|span| span["label"].as_str())
}

/// Whether it was a closure that took the value, which a thread runs as a rule:
/// a reference is no help there.
fn is_taken_by_a_closure(error: &Value) -> bool {
    labels(error).any(|label| label.contains("moved into closure"))
}

/// How to keep a variable that was given away.
fn how_to_keep(name: &str, kept: &Kept, by_a_closure: bool) -> String {
    let Some(given) = kept.given_or_shared() else {
        return kept.why_not().to_owned();
    };
    let or = match by_a_closure {
        true => String::new(),
        false => format!("передайте ссылку `&{name}` или "),
    };
    format!("чтобы она осталась, {or}отдайте {given}")
}

/// The first name in backquotes.
fn name(message: &str) -> Option<&str> {
    let name = backquotes::first(message)?;
    // `*x` and `x.field` belong to `x`.
    let name = name.trim_start_matches(['*', '&']);
    let end = name.find(['.', '[']).unwrap_or(name.len());
    let name = &name[..end];
    let is_name = !name.is_empty()
        && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then_some(name)
}

/// `closure may outlive the current function, but it borrows `x`, …`
fn borrowed(message: &str) -> Option<&str> {
    name(message.split_once("it borrows ")?.1)
}

/// The type in "move occurs because `x` has type `T`, which does not …".
fn moved_type(error: &Value) -> Option<String> {
    let notes = error["children"].as_array().into_iter().flatten();
    let notes = notes.filter_map(|note| note["message"].as_str());
    labels(error).chain(notes).find_map(|text| {
        let (_, of) = text.split_once(" has type ")?;
        backquotes::first(of).map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn error(code: &str, message: &str, label: &str) -> String {
        let error = json!({
            "code": { "code": code }, "message": message,
            "spans": [{ "label": label }], "children": [],
        });
        sentence(&error, &|_| None).unwrap()
    }

    #[test]
    fn moved_variable_is_kept_by_what_its_type_allows() {
        let message = "borrow of moved value: `conn`";
        let label = |of: &str| {
            format!(
                "move occurs because `conn` has type `{of}`, which does not …"
            )
        };
        let said = |of: &str| error("E0382", message, &label(of));
        assert!(said("TcpStream").contains("`conn.try_clone()?`"));
        assert!(said("Arc<Mutex<u8>>").contains("`Arc::clone(&conn)`"));
        assert!(said("Rc<RefCell<u8>>").contains("`Rc::clone(&conn)`"));
        assert!(said("Vec<u8>").contains("`&conn`"));
        assert!(said("JoinHandle<()>").contains("только один раз"));
        let taken = "value moved into closure here: has type `Vec<u8>`";
        assert!(!error("E0382", message, taken).contains("`&conn`"));
    }

    #[test]
    fn thread_is_told_what_it_takes() {
        let message = "closure may outlive the current function, but it \
                       borrows `names`, which is owned by the current function";
        let said = error("E0373", message, "");
        assert!(said.contains("заимствовать переменную `names`"), "{said}");
        assert!(said.contains("`move`"), "{said}");
        let error = json!({
            "code": { "code": "E0597" },
            "message": "`m` does not live long enough",
            "spans": [
                { "label": "value captured here" },
                { "label": "argument requires that `m` is borrowed for `'static`" },
            ],
        });
        let of = |_: &str| Some("std::sync::Mutex<u8>".to_owned());
        let said = sentence(&error, &of).unwrap();
        assert!(said.contains("`Arc::clone(&m)`, завернув"), "{said}");
        let reference = json!({
            "code": { "code": "E0597" }, "spans": [{ "label": "borrowed value" }],
        });
        assert_eq!(sentence(&reference, &of), None);
    }

    #[test]
    fn parts_belong_to_their_variable() {
        assert_eq!(name("cannot borrow `*v` as mutable"), Some("v"));
        assert_eq!(name("use of moved value: `a.b`"), Some("a"));
        assert_eq!(name("no name"), None);
    }
}
