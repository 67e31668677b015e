use bytes::Bytes;
use proptest::prelude::*;

use super::{
    DecompressError, DecompressLimits, Encoding, Packed, Payload, compress, decompress,
    decompress_accounted,
};

const LIMITS: DecompressLimits = DecompressLimits::with_max_size(64 << 20);

fn sample(len: usize) -> Bytes {
    (0..len).map(|i| b"agent span llm tokens {}"[i * i % 24]).collect()
}

/// A gzip of a gibibyte of zeros: one member, a thousand times.
fn gzip_of_a_gibibyte() -> Bytes {
    let member = compress(&Bytes::from(vec![0; 1 << 20]), Encoding::Gzip, Some(9)).unwrap();
    Bytes::from(member.repeat(1024))
}

fn text(bytes: &[u8], encoding: Encoding) -> String {
    decompress(&Bytes::copy_from_slice(bytes), encoding, LIMITS).unwrap_err().to_string()
}

#[test]
fn every_encoding_gives_back_what_it_took() {
    for encoding in Encoding::ALL {
        for len in [0, 1, 100, 70_000, 3_000_000] {
            let input = sample(len);
            let packed = compress(&input, encoding, None).unwrap();
            let limits = DecompressLimits::with_max_size(len);
            assert_eq!(decompress(&packed, encoding, limits).unwrap(), input, "{encoding:?} {len}");
        }
    }
}

#[test]
fn every_level_of_the_collector_works() {
    let input = sample(10_000);
    for encoding in [Encoding::Gzip, Encoding::Zlib, Encoding::Deflate] {
        for level in -2..=9 {
            let packed = compress(&input, encoding, Some(level)).unwrap();
            assert_eq!(decompress(&packed, encoding, LIMITS).unwrap(), input);
        }
    }
    for level in [-5, 0, 1, 3, 6, 11, 22, 99] {
        let packed = compress(&input, Encoding::Zstd, Some(level)).unwrap();
        assert_eq!(decompress(&packed, Encoding::Zstd, LIMITS).unwrap(), input);
    }
}

#[test]
fn names_are_those_of_the_wire() {
    for encoding in Encoding::ALL {
        assert_eq!(Encoding::from_http_name(encoding.http_name()), Some(encoding));
    }
    assert_eq!(Encoding::from_http_name(""), Some(Encoding::Identity));
    assert_eq!(Encoding::from_http_name("GZip"), Some(Encoding::Gzip));
    assert_eq!(Encoding::from_http_name("br"), None);
    assert_eq!(Encoding::from_http_name("gzip, gzip"), None);
    assert_eq!(Encoding::from_grpc_name("snappy"), Some(Encoding::XSnappyFramed));
    assert_eq!(Encoding::from_grpc_name("lz4"), None);
}

#[test]
fn a_result_may_be_as_long_as_the_limit_and_not_a_byte_longer() {
    let input = sample(50_000);
    for encoding in Encoding::ALL {
        let packed = compress(&input, encoding, None).unwrap();
        let fits = DecompressLimits::with_max_size(50_000);
        assert_eq!(decompress(&packed, encoding, fits).unwrap(), input, "{encoding:?}");
        let short = DecompressLimits::with_max_size(49_999);
        let error = decompress(&packed, encoding, short).unwrap_err();
        assert_eq!(error, DecompressError::TooLarge { limit: 49_999 }, "{encoding:?}");
        assert!(error.to_string().starts_with("http: request body too large"));
    }
}

#[test]
fn several_gzip_members_are_one_body() {
    let mut both = compress(&sample(1000), Encoding::Gzip, None).unwrap().to_vec();
    both.extend_from_slice(&compress(&sample(500), Encoding::Gzip, None).unwrap());
    let expected = [sample(1000), sample(500)].concat();
    assert_eq!(decompress(&both.clone().into(), Encoding::Gzip, LIMITS).unwrap(), expected);
    both.push(7);
    assert_eq!(text(&both, Encoding::Gzip), "gzip: invalid header");
}

#[test]
fn the_same_member_twice_is_not_taken_for_one() {
    let once = compress(&sample(1000), Encoding::Gzip, None).unwrap();
    let twice = [&once[..], &once[..]].concat();
    let expected = [sample(1000), sample(1000)].concat();
    assert_eq!(decompress(&twice.into(), Encoding::Gzip, LIMITS).unwrap(), expected);
}

#[test]
fn the_stream_decoder_reads_what_the_whole_one_leaves_to_it() {
    use std::io::Write as _;
    for (name, length) in
        [(Some("a name"), 1000), (None, 1000), (Some("a name"), 0), (None, 3_000_000)]
    {
        let mut builder = flate2::GzBuilder::new();
        if let Some(name) = name {
            builder = builder.filename(name);
        }
        let mut encoder = builder.write(Vec::new(), flate2::Compression::new(6));
        encoder.write_all(&sample(length)).unwrap();
        let packed = Bytes::from(encoder.finish().unwrap());
        assert_eq!(decompress(&packed, Encoding::Gzip, LIMITS).unwrap(), sample(length));
    }
    // Zeros shrink more than a claim is believed, so they go through the stream.
    let zeros = Bytes::from(vec![0; 3 << 20]);
    let packed = compress(&zeros, Encoding::Gzip, None).unwrap();
    assert_eq!(decompress(&packed, Encoding::Gzip, LIMITS).unwrap(), zeros);
}

#[test]
fn only_what_decompression_shows_goes_on_as_it_came() {
    use std::io::Write as _;
    for encoding in [Encoding::Gzip, Encoding::Zstd] {
        let packed = compress(&sample(1000), encoding, None).unwrap();
        assert_eq!(Packed::new(encoding, &packed).unwrap().bytes, packed);
        let twice = Bytes::from([&packed[..], &packed[..]].concat());
        assert_eq!(Packed::new(encoding, &twice), None, "{encoding:?}");
    }
    let mut named =
        flate2::GzBuilder::new().comment("private").write(Vec::new(), flate2::Compression::fast());
    named.write_all(b"telemetry").unwrap();
    assert_eq!(Packed::new(Encoding::Gzip, &named.finish().unwrap().into()), None);
    let hidden = [&0x184d_2a50_u32.to_le_bytes()[..], &7_u32.to_le_bytes(), b"private"].concat();
    let frame = compress(&sample(10), Encoding::Zstd, None).unwrap();
    for order in [[&hidden[..], &frame[..]], [&frame[..], &hidden[..]]] {
        let both = Bytes::from(order.concat());
        assert_eq!(decompress(&both, Encoding::Zstd, LIMITS).unwrap(), sample(10));
        assert_eq!(Packed::new(Encoding::Zstd, &both), None);
    }
    assert_eq!(
        Packed::new(Encoding::Lz4, &compress(&sample(10), Encoding::Lz4, None).unwrap()),
        None
    );
}

#[test]
fn what_came_packed_leaves_packed_only_in_its_own_encoding_and_level() {
    let plain = sample(1000);
    let packed = Packed::new(Encoding::Gzip, &compress(&plain, Encoding::Gzip, Some(9)).unwrap());
    let payload = Payload::new(plain.clone(), packed.clone());
    assert_eq!(payload.encode(Encoding::Gzip, None).unwrap(), packed.unwrap().bytes);
    assert_eq!(payload.encode(Encoding::Identity, None).unwrap(), plain);
    for (encoding, level) in [(Encoding::Zstd, None), (Encoding::Gzip, Some(1))] {
        assert_eq!(payload.encode(encoding, level), compress(&plain, encoding, level));
    }
}

#[test]
fn several_frames_are_one_body() {
    for encoding in [Encoding::Zstd, Encoding::Lz4, Encoding::XSnappyFramed] {
        let mut both = compress(&sample(1000), encoding, None).unwrap().to_vec();
        both.extend_from_slice(&compress(&sample(500), encoding, None).unwrap());
        let expected = [sample(1000), sample(500)].concat();
        assert_eq!(decompress(&both.into(), encoding, LIMITS).unwrap(), expected, "{encoding:?}");
    }
}

#[test]
fn snappy_may_be_framed_or_a_block() {
    for encoding in [Encoding::Snappy, Encoding::XSnappyFramed] {
        let packed = compress(&sample(1000), encoding, None).unwrap();
        assert_eq!(decompress(&packed, Encoding::Snappy, LIMITS).unwrap(), sample(1000));
    }
}

#[test]
fn corrupt_input_is_described_in_the_collectors_words() {
    let rubbish = b"this is not compressed at all";
    assert_eq!(text(rubbish, Encoding::Gzip), "gzip: invalid header");
    assert_eq!(text(rubbish, Encoding::Zlib), "zlib: invalid header");
    assert_eq!(text(rubbish, Encoding::Deflate), "zlib: invalid header");
    assert_eq!(text(rubbish, Encoding::Zstd), "invalid input: magic number mismatch");
    assert_eq!(text(rubbish, Encoding::Snappy), "snappy: corrupt input");
    assert_eq!(text(rubbish, Encoding::XSnappyFramed), "snappy: corrupt input");
    assert_eq!(text(rubbish, Encoding::Lz4), "lz4: corrupt input");
    let mut wrong_sum = compress(&sample(100), Encoding::Gzip, None).unwrap().to_vec();
    let at = wrong_sum.len() - 8;
    wrong_sum[at] ^= 1;
    assert_eq!(text(&wrong_sum, Encoding::Gzip), "gzip: invalid checksum");
}

#[test]
fn input_cut_anywhere_is_an_error() {
    for encoding in Encoding::ALL {
        if encoding == Encoding::Identity {
            continue;
        }
        let packed = compress(&sample(100_000), encoding, None).unwrap();
        for end in (0..packed.len()).step_by(packed.len() / 60 + 1) {
            let cut = decompress(&packed.slice(..end), encoding, LIMITS);
            // A framed snappy stream cannot tell an end between two chunks.
            if encoding != Encoding::XSnappyFramed {
                assert!(cut.is_err(), "{encoding:?} cut at {end} of {}", packed.len());
            }
        }
    }
}

#[test]
fn a_gigabyte_of_zeros_is_refused_within_the_limit() {
    let bomb = gzip_of_a_gibibyte();
    assert!(bomb.len() < 2 << 20);
    let limits = DecompressLimits::with_max_size(8 << 20);
    let mut taken = 0;
    let error = decompress_accounted(&bomb, Encoding::Gzip, limits, &mut |more| {
        taken += more;
        true
    })
    .unwrap_err();
    assert_eq!(error, DecompressError::TooLarge { limit: 8 << 20 });
    assert!(taken <= (8 << 20) + 1, "took {taken}");
}

#[test]
fn a_result_out_of_proportion_is_refused() {
    let zeros = Bytes::from(vec![0; 32 << 20]);
    let bomb = compress(&zeros, Encoding::Zstd, Some(11)).unwrap();
    assert!(bomb.len() < 16 << 10);
    let error = decompress(&bomb, Encoding::Zstd, LIMITS).unwrap_err();
    assert!(matches!(error, DecompressError::RatioTooHigh { .. }), "{error}");
    let lenient = DecompressLimits { ratio_floor: 64 << 20, ..LIMITS };
    assert_eq!(decompress(&bomb, Encoding::Zstd, lenient).unwrap(), zeros);
}

#[test]
fn a_snappy_block_is_judged_by_its_declared_length_before_it_is_allocated() {
    let mut taken = 0;
    // 0xffff_fff0 as a varint, then nothing.
    let block = Bytes::from_static(&[0xf0, 0xff, 0xff, 0xff, 0x0f, 0]);
    let error = decompress_accounted(&block, Encoding::Snappy, LIMITS, &mut |more| {
        taken += more;
        true
    });
    assert!(matches!(error.unwrap_err(), DecompressError::RatioTooHigh { compressed: 6, .. }));
    assert_eq!(taken, 0);
}

#[test]
fn a_zstd_window_over_the_limit_is_refused() {
    // Magic, descriptor without content size, window descriptor for 2^30 bytes, one raw empty block.
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 20 << 3, 0x01, 0x00, 0x00];
    let error = decompress(&Bytes::copy_from_slice(&frame), Encoding::Zstd, LIMITS).unwrap_err();
    assert_eq!(error, DecompressError::WindowTooLarge { limit: 32 << 20 });
    let small = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 10 << 3, 0x01, 0x00, 0x00];
    assert_eq!(decompress(&Bytes::copy_from_slice(&small), Encoding::Zstd, LIMITS).unwrap(), "");
}

#[test]
fn a_claimed_size_is_not_believed_beyond_proportion() {
    // A gzip whose last four bytes claim 4 GiB.
    let mut liar = compress(&sample(100), Encoding::Gzip, None).unwrap().to_vec();
    let at = liar.len() - 4;
    liar[at..].fill(0xff);
    let mut taken = 0;
    let result = decompress_accounted(&liar.into(), Encoding::Gzip, LIMITS, &mut |more| {
        taken += more;
        true
    });
    assert!(result.is_err());
    assert!(taken <= 64 << 10, "took {taken}");
}

#[test]
fn a_full_budget_stops_the_decompressor() {
    let packed = compress(&sample(3_000_000), Encoding::Gzip, None).unwrap();
    let mut left = 1_000_000_usize;
    let result = decompress_accounted(&packed, Encoding::Gzip, LIMITS, &mut |more| {
        left.checked_sub(more).map(|rest| left = rest).is_some()
    });
    assert_eq!(result.unwrap_err(), DecompressError::OverBudget);
}

proptest! {
    #[test]
    fn anything_survives_the_round_trip(
        input in prop::collection::vec(any::<u8>(), 0..20_000),
        repeats in 1_usize..8,
    ) {
        let input = Bytes::from(input.repeat(repeats));
        for encoding in Encoding::ALL {
            let packed = compress(&input, encoding, None).unwrap();
            prop_assert_eq!(&decompress(&packed, encoding, LIMITS).unwrap(), &input);
        }
    }

    #[test]
    fn rubbish_never_panics(input in prop::collection::vec(any::<u8>(), 0..2_000)) {
        crate::fuzzing::decompress_anything(&input);
    }

    #[test]
    fn damaged_input_never_panics(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        for encoding in Encoding::ALL {
            let mut packed = compress(&sample(5_000), encoding, None).unwrap().to_vec();
            *at.get_mut(packed.as_mut_slice()) = byte;
            let _ = decompress(&packed.into(), encoding, LIMITS);
        }
    }
}
