use super::*;

fn sent(parts: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut bytes, parts).unwrap();
    bytes
}

#[test]
fn call_arrives_as_it_was_sent() {
    let call = || Call {
        directory: b"/cells".to_vec(),
        arguments: vec![b"build".to_vec(), Vec::new()],
        environment: vec![(b"PATH".to_vec(), b"/bin".to_vec())],
    };
    let bytes = sent(&call().into_parts());
    let parts = read(&mut bytes.as_slice()).unwrap();
    assert_eq!(Call::from_parts(parts), Some(call()));
}

#[test]
fn build_arrives_as_it_was_sent() {
    let built = || Built {
        code: 101,
        out: b"{}\n".to_vec(),
        err: Vec::new(),
    };
    let bytes = sent(&built().into_parts());
    let parts = read(&mut bytes.as_slice()).unwrap();
    assert_eq!(Built::from_parts(parts), Some(built()));
}

#[test]
fn message_without_parts_is_no_build() {
    let parts = read(&mut sent(&[]).as_slice()).unwrap();
    assert_eq!(Built::from_parts(parts), None);
}

#[test]
fn cut_off_message_is_an_error() {
    let bytes = sent(&[b"all of it".to_vec()]);
    assert!(read(&mut &bytes[..bytes.len() - 1]).is_err());
}
