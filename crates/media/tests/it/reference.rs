//! PDQ against the reference's own answers for the same pixels (pdq_golden.py made them).

use crate::pictures::draw;
use media::pdq::hash_rgb;

#[test]
fn pdq_is_bit_exact_with_the_reference_quality_too() {
    let golden = include_str!("../pdq_golden.txt");
    let mut seen = 0;
    for line in golden.lines() {
        let parts: Vec<&str> = line.split(' ').collect();
        let n = |i: usize| parts[i].parse::<usize>().unwrap();
        let ours = hash_rgb(&draw(n(0), n(1), n(2) as u32, n(3)), n(0), n(1));
        assert_eq!((ours.hex().as_str(), usize::from(ours.quality)), (parts[4], n(5)), "{line}");
        seen += 1;
    }
    assert_eq!(seen, 60);
}
