//! Figures for the lens, by itself or side by side with its peers (`scripts/peers/matcher.py` starts it).
//!
//! `cargo run --release -p matcher --example lens -- FOLDER`, where FOLDER holds `near.bin` and `queries.bin` (32 bytes a
//! hash) or `keys.bin` and `asked.bin` (16 bytes a key). Then a line on standard input is a question, a line of JSON the
//! answer:
//!
//! * `near-build THREADS [COUNT]`, `near-save`, `near-open`: makes an index of the first COUNT hashes, or opens the snapshot
//! * `near-one`: each query by itself: median and 99th percentile in microseconds
//! * `near-many THREADS`: all queries in one call to each thread, queries a second
//! * `near-hits COUNT`: how many hits the first COUNT queries have
//! * `near-recall COUNT`: compares that many answers with brute force
//! * `near-insert COUNT`: how long until new hashes match
//! * `exact-build THREADS`, `exact-save`, `exact-open`, `exact-many THREADS`: the same for digests
//!
//! `lanes portable|best` chooses the instructions.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "an example that prints figures"
)]

use matcher::{DigestIndex, Hash256, Hit, Key, Lanes, NearIndex, Reach, View};
use std::{
    fs,
    hint::black_box,
    io::{BufRead, Write},
    path::PathBuf,
    thread,
    time::Instant,
};

/// The radius of all questions.
const RADIUS: u32 = 31;

struct Bench {
    folder: PathBuf,
    lanes: Lanes,
    near: Option<NearIndex>,
    exact: Option<DigestIndex>,
}

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).unwrap());
    let mut bench = Bench { folder, lanes: Lanes::best(), near: None, exact: None };
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |k: usize| words.get(k).map_or(1, |word| word.parse().unwrap());
        let answer = match words[0] {
            "lanes" => bench.lanes(words[1]),
            "near-build" => bench.near_build(number(1), words.get(2).map(|word| word.parse().unwrap())),
            "near-save" => bench.near_save(),
            "near-open" => bench.near_open(),
            "near-one" => bench.near_one(),
            "near-many" => bench.near_many(number(1)),
            "near-hits" => bench.near_hits(number(1)),
            "near-recall" => bench.near_recall(number(1)),
            "near-insert" => bench.near_insert(number(1)),
            "exact-build" => bench.exact_build(number(1)),
            "exact-save" => bench.exact_save(),
            "exact-open" => bench.exact_open(),
            "exact-many" => bench.exact_many(number(1)),
            other => format!("\"unknown\": \"{other}\""),
        };
        println!("{{{answer}}}");
        std::io::stdout().flush().unwrap();
    }
}

/// Seconds since, as a JSON member.
fn seconds(start: Instant) -> String {
    format!("\"seconds\": {:.6}", start.elapsed().as_secs_f64())
}

/// Seconds this process has had a processor, in steps of 10 ms: on a shared machine the clock on the wall says less.
fn cpu() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let ticks = stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2);
    ticks.map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
}

impl Bench {
    fn lanes(&mut self, which: &str) -> String {
        self.lanes = if which == "portable" { Lanes::portable() } else { Lanes::best() };
        if which == "avx2" {
            self.lanes = *Lanes::available().iter().rev().nth(1).unwrap();
        }
        format!("\"lanes\": \"{:?}\"", self.lanes)
    }

    fn hashes(&self, name: &str) -> Vec<Hash256> {
        let bytes = fs::read(self.folder.join(name)).unwrap();
        bytes.as_chunks::<32>().0.iter().map(|b| Hash256::from_bytes(*b)).collect()
    }

    fn keys(&self, name: &str) -> Vec<Key> {
        let bytes = fs::read(self.folder.join(name)).unwrap();
        bytes.as_chunks::<16>().0.iter().map(|b| Key::of(b).unwrap()).collect()
    }

    fn view(&self) -> View {
        self.near.as_ref().unwrap().view().with_lanes(self.lanes)
    }

    fn near_counts(&self) -> String {
        let counts = self.near.as_ref().unwrap().counts();
        let each = counts.bytes as f64 / counts.live as f64;
        format!("\"hashes\": {}, \"bytes_each\": {each:.1}", counts.live)
    }

    fn near_build(&mut self, threads: usize, count: Option<usize>) -> String {
        let hashes = self.hashes("near.bin");
        let hashes = &hashes[..count.unwrap_or(hashes.len())];
        self.near = None;
        let (start, had) = (Instant::now(), cpu());
        let entries = hashes.iter().zip(0..).map(|(hash, id)| (*hash, id, Reach::Near));
        self.near = Some(NearIndex::build(entries, threads).unwrap());
        format!("{}, \"cpu\": {:.2}, {}", seconds(start), cpu() - had, self.near_counts())
    }

    fn near_save(&self) -> String {
        let start = Instant::now();
        self.near.as_ref().unwrap().save(&self.folder.join("near.lens"), &[0; 64], 1).unwrap();
        seconds(start)
    }

    fn near_open(&mut self) -> String {
        self.near = None;
        let query = self.hashes("queries.bin")[0];
        let start = Instant::now();
        self.near = Some(NearIndex::open(&self.folder.join("near.lens")).unwrap().0);
        let open = seconds(start);
        black_box(self.view().search(&query, RADIUS));
        format!("{open}, \"with_first_answer\": {:.6}, {}", start.elapsed().as_secs_f64(), self.near_counts())
    }

    /// Every query once to warm up, then once with the clock.
    fn near_one(&self) -> String {
        let (view, queries) = (self.view(), self.hashes("queries.bin"));
        let hits: usize = queries.iter().map(|query| view.search(query, RADIUS).len()).sum();
        let all = Instant::now();
        let mut times: Vec<u64> = queries
            .iter()
            .map(|query| {
                let start = Instant::now();
                black_box(view.search(query, RADIUS));
                start.elapsed().as_nanos() as u64
            })
            .collect();
        let rate = queries.len() as f64 / all.elapsed().as_secs_f64();
        times.sort_unstable();
        let at = |share: f64| times[(times.len() as f64 * share) as usize] as f64 / 1000.0;
        format!("\"p50_us\": {:.2}, \"p99_us\": {:.2}, \"per_second\": {rate:.0}, \"hits\": {hits}", at(0.5), at(0.99))
    }

    fn near_many(&self, threads: usize) -> String {
        let (view, queries) = (self.view(), self.hashes("queries.bin"));
        let (view, queries) = (&view, &queries);
        let (start, had) = (Instant::now(), cpu());
        let hits: usize = thread::scope(|scope| {
            let all: Vec<_> =
                (0..threads).map(|_| scope.spawn(move || view.search_many(queries, RADIUS).len())).collect();
            all.into_iter().map(|hits| hits.join().unwrap()).sum()
        });
        let rate = (queries.len() * threads) as f64 / start.elapsed().as_secs_f64();
        let per_cpu = (queries.len() * threads) as f64 / (cpu() - had);
        format!("\"per_second\": {rate:.0}, \"per_cpu_second\": {per_cpu:.0}, \"hits\": {}", hits / threads)
    }

    fn near_hits(&self, count: usize) -> String {
        let (view, queries) = (self.view(), self.hashes("queries.bin"));
        let hits: usize = queries.iter().take(count).map(|query| view.search(query, RADIUS).len()).sum();
        format!("\"hits\": {hits}")
    }

    /// The first `count` queries against every hash, one by one.
    fn near_recall(&self, count: usize) -> String {
        let (view, hashes, queries) = (self.view(), self.hashes("near.bin"), self.hashes("queries.bin"));
        let hashes = &hashes[..self.near.as_ref().unwrap().counts().live.min(hashes.len())];
        let queries = &queries[..count.min(queries.len())];
        let mut truth = Vec::new();
        for (id, hash) in hashes.iter().enumerate() {
            for (k, query) in queries.iter().enumerate() {
                let distance = query.distance(hash);
                if distance <= RADIUS {
                    truth.push((k, Hit { distance, id: id as u64 }));
                }
            }
        }
        truth.sort_unstable();
        let one: Vec<(usize, Hit)> = queries
            .iter()
            .enumerate()
            .flat_map(|(k, query)| view.search(query, RADIUS).into_iter().map(move |hit| (k, hit)))
            .collect();
        let mut many = view.search_many(&self.hashes("queries.bin"), RADIUS);
        many.retain(|(k, _)| *k < queries.len());
        format!(
            "\"pairs\": {}, \"true\": {}, \"one\": {}, \"many\": {}",
            hashes.len() * queries.len(),
            truth.len(),
            one == truth,
            many == truth
        )
    }

    fn near_insert(&self, count: usize) -> String {
        let index = self.near.as_ref().unwrap();
        let mut times: Vec<u64> = Vec::new();
        for (k, query) in self.hashes("queries.bin").into_iter().enumerate().take(count) {
            let mut bytes = query.to_bytes();
            bytes.iter_mut().for_each(|b| *b ^= 0x5a);
            let hash = Hash256::from_bytes(bytes);
            let start = Instant::now();
            index.insert(hash, 1 << 40 | k as u64, Reach::Near);
            let found = index.view().search(&hash, RADIUS);
            times.push(start.elapsed().as_nanos() as u64);
            assert!(found.iter().any(|hit| hit.id == 1 << 40 | k as u64));
        }
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize] as f64 / 1000.0;
        format!("\"p50_us\": {:.1}, \"p99_us\": {:.1}, \"max_us\": {:.1}", at(0.5), at(0.99), at(1.0))
    }

    fn exact_counts(&self) -> String {
        let counts = self.exact.as_ref().unwrap().counts();
        format!("\"keys\": {}, \"bytes_each\": {:.2}", counts.live, counts.bytes as f64 / counts.live as f64)
    }

    fn exact_build(&mut self, threads: usize) -> String {
        let keys = self.keys("keys.bin");
        self.exact = None;
        let start = Instant::now();
        self.exact = Some(DigestIndex::build(keys.iter().copied().zip(0..), 1, threads).unwrap());
        format!("{}, {}", seconds(start), self.exact_counts())
    }

    fn exact_save(&self) -> String {
        let start = Instant::now();
        self.exact.as_ref().unwrap().save(&self.folder.join("exact.lens"), &[0; 64], 1).unwrap();
        seconds(start)
    }

    fn exact_open(&mut self) -> String {
        self.exact = None;
        let start = Instant::now();
        self.exact = Some(DigestIndex::open(&self.folder.join("exact.lens"), 1).unwrap().0);
        format!("{}, {}", seconds(start), self.exact_counts())
    }

    fn exact_many(&self, threads: usize) -> String {
        let view = self.exact.as_ref().unwrap().view().with_lanes(self.lanes);
        let asked = self.keys("asked.bin");
        let (view, asked) = (&view, &asked);
        let look = move || {
            let (mut hits, mut sum) = (0_usize, 0_u64);
            view.find_each(asked, |_, id| {
                hits += 1;
                sum = sum.wrapping_add(id);
            });
            black_box(sum);
            hits
        };
        let (start, had) = (Instant::now(), cpu());
        let hits: usize = thread::scope(|scope| {
            let all: Vec<_> = (0..threads).map(|_| scope.spawn(look)).collect();
            all.into_iter().map(|hits| hits.join().unwrap()).sum()
        });
        let rate = (asked.len() * threads) as f64 / start.elapsed().as_secs_f64();
        let per_cpu = (asked.len() * threads) as f64 / (cpu() - had);
        format!("\"per_second\": {rate:.0}, \"per_cpu_second\": {per_cpu:.0}, \"hits\": {}", hits / threads)
    }
}
