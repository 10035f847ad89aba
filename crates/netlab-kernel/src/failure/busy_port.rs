//! Who has the address that a cell could not bind, and what can be done.

use crate::channel::AddressName;
use crate::engine::Holder;

/// What the words of the helper crate begin with that name the process
/// already.
const TOLD: &str = "адрес ";

const CLOSE_FIRST: &str = "закройте тот сокет (`drop(…);`) до второго `bind`";

/// One sentence for an error with this text about this address.
pub(crate) fn sentence(
    text: &str,
    address: &AddressName,
    holder: &Holder,
) -> Option<String> {
    if text.starts_with(TOLD) {
        return rest(holder);
    }
    let what = match address {
        AddressName::Port(port) => format!("Порт {port}"),
        AddressName::Path(path) => format!("Адрес {path}"),
    };
    let other = match address {
        AddressName::Port(_) => "возьмите порт 0",
        AddressName::Path(_) => "возьмите другой путь",
    };
    let held = |who: &str, advice: &str| {
        Some(format!("{what} держит {who}: {advice}."))
    };
    match holder {
        Holder::Variables { names, cell } => match &names[..] {
            [name] => held(
                &format!("переменная `{name}` из ячейки [{cell}]"),
                &format!("выполните `drop({name});` и повторите"),
            ),
            names => held(
                &format!("одна из переменных ячейки [{cell}] – {}", or(names)),
                "выполните для неё `drop(…);` и повторите",
            ),
        },
        Holder::Gone { name, cell } => Some(format!(
            "{what} держала прежняя переменная `{name}` (ячейка [{cell}]), \
             теперь её сокет закрыт: выполните ячейку ещё раз."
        )),
        Holder::SameCell => Some(format!(
            "{what} заняла сама эта ячейка, строкой раньше: {CLOSE_FIRST} \
             или {other}."
        )),
        Holder::Freed => Some(format!(
            "{what} был занят, а теперь свободен: выполните ячейку ещё раз."
        )),
        Holder::Cell(cell) => held(
            &format!(
                "сокет из ячейки [{cell}], который лежит не в переменной, а у \
                 потока"
            ),
            &format!(
                "завершите поток, перезапустите ядро блокнота или {other}"
            ),
        ),
        Holder::Own => held(
            "этот же блокнот",
            &format!("закройте сокет, перезапустите ядро блокнота или {other}"),
        ),
        Holder::Notebook(notebook) => held(
            &other_notebook(notebook.as_deref()),
            &format!(
                "закройте сокет там, остановите ядро того блокнота или {other}"
            ),
        ),
        Holder::Process { pid, command } => held(
            &format!("процесс {pid} ({command})"),
            &format!("завершите его или {other}"),
        ),
        Holder::Closing => Some(format!(
            "{what} занят соединением, которое закрывается (TIME_WAIT): \
             включите SO_REUSEADDR до `bind`, подождите минуту или {other}."
        )),
        Holder::Nobody => match address {
            AddressName::Path(path) => Some(format!(
                "Файл {path} есть, но его сокет уже закрыт: удалите файл, \
                 `std::fs::remove_file(\"{path}\")?`, и повторите."
            )),
            AddressName::Port(_) => Some(format!(
                "{what} занят, а кем, система не говорит: {other}."
            )),
        },
    }
}

/// What the helper crate can't know: the names of a notebook.
fn rest(holder: &Holder) -> Option<String> {
    match holder {
        Holder::Variables { names, cell } => Some(match &names[..] {
            [name] => format!(
                "Это переменная `{name}` из ячейки [{cell}]: выполните \
                 `drop({name});` и повторите."
            ),
            names => format!(
                "Это одна из переменных ячейки [{cell}]: {}.",
                or(names)
            ),
        }),
        Holder::Gone { name, cell } => Some(format!(
            "Это была прежняя переменная `{name}` (ячейка [{cell}]), теперь \
             её сокет закрыт: выполните ячейку ещё раз."
        )),
        Holder::SameCell => Some(format!(
            "Его заняла сама эта ячейка, строкой раньше: {CLOSE_FIRST}."
        )),
        Holder::Freed => {
            Some("Теперь порт свободен: выполните ячейку ещё раз.".to_owned())
        }
        Holder::Cell(cell) => Some(format!(
            "Этот сокет – из ячейки [{cell}], и лежит он не в переменной, а у \
             потока: завершите поток или перезапустите ядро блокнота."
        )),
        Holder::Notebook(notebook) => Some(format!(
            "Этот процесс – {}.",
            other_notebook(notebook.as_deref())
        )),
        _ => None,
    }
}

fn other_notebook(name: Option<&str>) -> String {
    match name {
        Some(name) => format!("другой блокнот, {name}"),
        None => "другой блокнот".to_owned(),
    }
}

fn or(names: &[String]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(" или ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str, holder: &Holder) -> Option<String> {
        sentence(text, &AddressName::Port(8080), holder)
    }

    fn variables(names: &[&str]) -> Holder {
        Holder::Variables {
            names: names.iter().copied().map(str::to_owned).collect(),
            cell: 3,
        }
    }

    #[test]
    fn variable_is_named_with_what_to_do() {
        let text = "Address already in use (os error 98)";
        assert_eq!(
            said(text, &variables(&["listener"])).unwrap(),
            "Порт 8080 держит переменная `listener` из ячейки [3]: выполните \
             `drop(listener);` и повторите."
        );
        let several = said(text, &variables(&["a", "b"])).unwrap();
        assert!(several.contains("[3] – `a` или `b`:"), "{several}");
    }

    #[test]
    fn words_of_the_helper_crate_are_not_said_again() {
        let text = "адрес 127.0.0.1:8080 занят процессом 7 (nc -l)";
        let process = Holder::Process {
            pid: 7,
            command: "nc -l".into(),
        };
        assert_eq!(said(text, &process), None);
        let notebook = Holder::Notebook(Some("02 б.ipynb".into()));
        let expected = "Этот процесс – другой блокнот, 02 б.ipynb.";
        assert_eq!(said(text, &notebook).unwrap(), expected);
    }

    #[test]
    fn file_without_a_socket_can_be_removed() {
        let path = AddressName::Path("/tmp/s".into());
        let said = sentence("os error 98", &path, &Holder::Nobody).unwrap();
        assert!(said.contains("remove_file(\"/tmp/s\")"), "{said}");
    }
}
