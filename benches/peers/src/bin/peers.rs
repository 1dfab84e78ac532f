//! `peers`: the peers in Rust that need few crates, one row each.

use emptor_benches::fixed_point::{FixedPoint, FlatAnswer};
use emptor_peers::bench::Bench;
use emptor_peers::cel_rules::CelRules;
use emptor_peers::host::Answer;
use emptor_peers::rhai_rules::RhaiRules;
use emptor_peers::row::{Peer, locked_version};
use rust_decimal::Decimal;

fn main() -> Result<(), String> {
    let bench = Bench::new()?;
    let workload = &bench.workload;
    let by_hand = Peer {
        peer: "Rust by hand",
        version: format!("rust_decimal {}", locked_version("rust_decimal")),
        itself: "all",
    };
    bench.print_row(by_hand, &mut |request| bench.by_hand.line(request))?;

    let fixed_point = FixedPoint::new(workload);
    let peer = Peer { peer: "Rust fixed point", version: "i64".to_owned(), itself: "all" };
    let answer = |FlatAnswer { layer, promoted, cents }| Answer { layer, promoted, net: Decimal::new(cents, 2) };
    bench.print_row(peer, &mut |request| answer(fixed_point.line(request)))?;

    let mut rhai = RhaiRules::new(workload);
    let peer = Peer { peer: "Rhai", version: locked_version("rhai"), itself: "condition, discount, floor" };
    bench.print_row(peer, &mut |request| rhai.line(request))?;

    let cel = CelRules::new(workload);
    let peer = Peer { peer: "CEL", version: locked_version("cel"), itself: "condition, discount" };
    bench.print_row(peer, &mut |request| cel.line(request))
}
