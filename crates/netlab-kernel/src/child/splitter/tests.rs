use super::{LONGEST_CONTENT, Marker, Piece, Splitter};

/// A piece that owns what it shows; neighbouring texts are one.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Text(String),
    Content(String, String, bool),
    Marker(Marker),
}

/// Feeds `chunks` and ends the stream.
fn split<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Seen> {
    let mut splitter = Splitter::default();
    let mut seen = Vec::new();
    for chunk in chunks {
        splitter.feed(chunk, &mut |piece| note(&mut seen, piece));
    }
    splitter.finish(&mut |piece| note(&mut seen, piece));
    seen
}

fn note(seen: &mut Vec<Seen>, piece: Piece<'_>) {
    match piece {
        Piece::Text(text) => {
            let text = str::from_utf8(text).expect("no character is cut");
            match seen.last_mut() {
                Some(Seen::Text(before)) => before.push_str(text),
                _ => seen.push(Seen::Text(text.to_owned())),
            }
        }
        Piece::Content {
            mime,
            content,
            follows,
        } => seen.push(Seen::Content(mime, content, follows)),
        Piece::Marker { marker, .. } => seen.push(Seen::Marker(marker)),
    }
}

/// What comes out at once for an unfinished stream.
fn at_once(bytes: &str) -> String {
    let mut out = String::new();
    Splitter::default().feed(bytes.as_bytes(), &mut |piece| {
        if let Piece::Text(text) = piece {
            out.push_str(str::from_utf8(text).unwrap());
        }
    });
    out
}

const STREAM: &str = "привет\nEVCXR_BEGIN_CONTENT text/html\n<b>я</b>\n\
    EVCXR_END_CONTENT\nEVCXR_BEGIN_CONTENT text/plain\n\nEVCXR_END_CONTENT\n\
    EVCXR_ERROR_OCCURRED\nEVCXR_VARIABLE_CHANGED_TYPE:x\nEVEN\n\
    EVCXR_INPUT_REQUEST:name?\nEVCXR_END_CONTENT\nx EVCXR_ y\n\
    EVCXR_PANIC_NOTIFICATION\n";

#[test]
fn cuts_do_not_matter_at_line_starts() {
    let whole = split([STREAM.as_bytes()]);
    assert_eq!(whole.len(), 9, "{whole:?}");
    let bytes = STREAM.as_bytes();
    for first in 0..=bytes.len() {
        for second in (first..=bytes.len()).step_by(7) {
            let chunks =
                [&bytes[..first], &bytes[first..second], &bytes[second..]];
            assert_eq!(split(chunks), whole, "cut at {first} and {second}");
        }
    }
    assert_eq!(split(bytes.chunks(1)), whole);
}

#[test]
fn contents_know_whether_they_follow_one_another() {
    let block = "EVCXR_BEGIN_CONTENT a/b\nx\nEVCXR_END_CONTENT\n";
    let content = |follows| Seen::Content("a/b".into(), "x".into(), follows);
    let text = |text: &str| Seen::Text(text.into());
    let stream = format!("{block}{block}\n{block}");
    assert_eq!(
        split([stream.as_bytes()]),
        [content(false), content(true), text("\n"), content(false)]
    );
}

#[test]
fn marker_may_follow_unfinished_text() {
    let stream = "42EVCXR_BEGIN_CONTENT text/plain\n1\nEVCXR_END_CONTENT\n\
        %EVCXR_PANIC_NOTIFICATION\n";
    assert_eq!(
        split([stream.as_bytes()]),
        [
            Seen::Text("42".into()),
            Seen::Content("text/plain".into(), "1".into(), false),
            Seen::Text("%".into()),
            Seen::Marker(Marker::Panic),
        ]
    );
}

#[test]
fn what_is_no_marker_is_text() {
    for text in [
        "EVCXR_BEGIN_CONTENT\n",
        "EVCXR_BEGIN_CONTENT two words/x\n",
        "EVCXR_BEGIN_CONTENT plain\n",
        "EVCXR_PANIC_NOTIFICATION \n",
        "EVCXR_EXECUTION_COMPLETE\n",
        "EVCXR_EVCXR_\n",
        "EVCXR_END_CONTENT\n",
        "EVCXR_",
    ] {
        assert_eq!(split([text.as_bytes()]), [Seen::Text(text.into())]);
    }
}

#[test]
fn content_without_an_end_is_text_after_all() {
    let stream = "EVCXR_BEGIN_CONTENT a/b\nlost?\nno";
    assert_eq!(split([stream.as_bytes()]), [Seen::Text(stream.into())]);

    let begin = "EVCXR_BEGIN_CONTENT a/b\n";
    let long = vec![b'x'; LONGEST_CONTENT + 1];
    let mut splitter = Splitter::default();
    let mut length = 0;
    for part in [begin.as_bytes(), &long, b"live"] {
        splitter.feed(part, &mut |piece| {
            let Piece::Text(text) = piece else {
                panic!("{piece:?}")
            };
            length += text.len();
        });
    }
    assert_eq!(length, begin.len() + long.len() + 4);
}

#[test]
fn panic_inside_a_content_ends_it() {
    let stream = "EVCXR_BEGIN_CONTENT a/b\nx\nEVCXR_PANIC_NOTIFICATION\n";
    assert_eq!(
        split([stream.as_bytes()]),
        [
            Seen::Text("EVCXR_BEGIN_CONTENT a/b\nx\n".into()),
            Seen::Marker(Marker::Panic),
        ]
    );
}

#[test]
fn progress_without_a_newline_is_live() {
    for text in ["50 %", "\rDONE", "done E", "EVE", "я", "a EVC"] {
        assert_eq!(at_once(text), text);
    }
    assert_eq!(at_once("EVC"), "");
    assert_eq!(at_once("a\nEVCXR_PANIC"), "a\n");
}
