//! The judge of a reader of frames.

use crate::judge::case::Case;
use crate::judge::exercise::FRAMES;
use crate::judge::failure::Blame;
use crate::judge::mistake::{Mistake, mistake};
use crate::judge::returns::{Returns, quoted};
use crate::judge::signs::returned;
use crate::judge::trial::Trial;
use crate::judge::verdict::Verdict;
use crate::judge::words::Text;

static ONE_FRAME: Mistake = mistake!(
    "one-frame",
    likely: [
        "всё, что пришло, принято за один кадр",
        "all that came was taken for one frame"
    ],
    next: [
        "отделите первые четыре байта: это длина тела (`split_first_chunk`)",
        "split the first four bytes off: they are the length of the body (`split_first_chunk`)",
    ],
);

static LITTLE_ENDIAN: Mistake = mistake!(
    "little-endian",
    likely: [
        "байты длины прочитаны с младшего",
        "the bytes of the length were read from the least one"
    ],
    next: [
        "в сети старший байт идёт первым: `u32::from_be_bytes`",
        "on the network the highest byte comes first: `u32::from_be_bytes`",
    ],
);

static TAIL: Mistake = mistake!(
    "tail",
    likely: [
        "неполный кадр в конце принят за целый",
        "an incomplete frame at the end was taken for a whole one"
    ],
    next: [
        "если байтов не хватает, остановитесь: `split_at_checked` вернёт `None`",
        "stop where there are too few bytes: `split_at_checked` returns `None`",
    ],
);

static FIRST_ONLY: Mistake = mistake!(
    "first-only",
    likely: [
        "разобран только первый кадр",
        "only the first frame was read"
    ],
    next: [
        "продолжайте с того, что осталось за телом, пока байтов хватает",
        "go on with what is left behind the body while there are enough bytes",
    ],
);

static EMPTY: Mistake = mistake!(
    "empty-body",
    likely: [
        "пустое тело принято за конец",
        "an empty body was taken for the end"
    ],
    next: [
        "кадр длины 0 – тоже кадр: добавьте пустое тело и читайте дальше",
        "a frame of length 0 is a frame, too: add an empty body and read on",
    ],
);

/// Judges `frames`: splits bytes into the bodies of frames, each of a length of
/// four bytes, the highest first, and as many bytes; an incomplete frame at the
/// end is left out.
///
/// Its cases are one frame, two, an empty body, every place in which two frames
/// can be cut, and a length that nothing can have.
///
/// # Examples
///
/// ```
/// use netlab::judge;
///
/// fn frames(mut bytes: &[u8]) -> Vec<Vec<u8>> {
///     let mut bodies = Vec::new();
///     while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
///         let length = u32::from_be_bytes(*length) as usize;
///         let Some((body, rest)) = rest.split_at_checked(length) else {
///             break;
///         };
///         bodies.push(body.to_vec());
///         bytes = rest;
///     }
///     bodies
/// }
/// assert!(judge::frames(frames).is_passed());
/// ```
pub fn frames<R: Returns>(function: impl Fn(&[u8]) -> R) -> Verdict {
    const TWO: &[u8] = b"\0\0\0\x04ping\0\0\0\x05pong2";
    let read = |case: &mut Case, bytes: &[u8], bodies: &[&[u8]]| {
        case.start(&[], || function(bytes))?;
        case.returns_value(&quoted(bodies)).given(bytes)
    };
    Trial::of(&FRAMES)
        .case(Text::new("один кадр", "one frame"), None, |case| {
            let bytes = &TWO[..8];
            read(case, bytes, &[b"ping"])
                .blame_if(returned(&quoted(&[bytes])), &ONE_FRAME)
                .blame_if(returned("[]"), &LITTLE_ENDIAN)
        })
        .case(
            Text::new("два кадра", "two frames"),
            Some(&FIRST_ONLY),
            |case| read(case, TWO, &[b"ping", b"pong2"]),
        )
        .case(
            Text::new("пустое тело", "an empty body"),
            Some(&EMPTY),
            |case| read(case, b"\0\0\0\0\0\0\0\x01x", &[b"", b"x"]),
        )
        .case(
            Text::new("обрыв в любом месте", "cut in every place"),
            Some(&TAIL),
            |case| {
                (0..=TWO.len()).try_for_each(|end| {
                    let whole: &[&[u8]] = match end {
                        0..8 => &[],
                        8..17 => &[b"ping"],
                        _ => &[b"ping", b"pong2"],
                    };
                    read(case, &TWO[..end], whole)
                })
            },
        )
        .case(
            Text::new("длина 4 294 967 295", "length 4 294 967 295"),
            Some(&TAIL),
            |case| read(case, b"\xff\xff\xff\xffx", &[]),
        )
        .verdict()
}
