// Shared by age_fuzz and its seeds: keys that are always the same, and files made with them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/secret.hpp"
#include "codec/age/age.hpp"
#include "codec/age/file.hpp"
#include "codec/age/file_key.hpp"
#include "codec/age/x25519.hpp"

namespace zg::fuzz {

/// What age_fuzz does with an input: its first byte, modulo `count`. The next two bytes determine
/// the sizes of the pieces.
enum class Act : std::uint8_t { open, header, identities, bech32, armor, damage, count };

/// The same bytes in each run.
class FixedRandom final : public Random {
  public:
    void fill(MutableBytes bytes) override {
        for (std::byte& byte : bytes) {
            state_ = state_ * 6364136223846793005U + 1442695040888963407U;
            byte = static_cast<std::byte>(state_ >> 56U);
        }
    }

  private:
    std::uint64_t state_ = 2026;
};

/// The first bytes from FixedRandom: the file key of every file that is begun with a new
/// FixedRandom.
inline codec::AgeFileKey file_key() {
    codec::AgeFileKey key;
    FixedRandom().fill(key.fill());
    return key;
}

inline codec::AgeIdentity identity() {
    return codec::AgeIdentity::parse(
               "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0")
        .value();
}
inline Secret passphrase() { return Secret("open sesame"); }
/// As low as possible, or nothing else would be tried.
inline constexpr unsigned work_factor = 1;

inline codec::AgeKeys keys() {
    return {.identities = {identity()}, .passphrase = passphrase(), .work_factor_limit = 3};
}

inline Buffer plaintext(std::size_t size) {
    Buffer bytes(size);
    FixedRandom().fill(bytes);
    return bytes;
}

inline Buffer file_to_identity(std::size_t size) {
    FixedRandom random;
    return codec::age_encrypt(
               plaintext(size),
               codec::begin_age_file(std::vector{identity().recipient()}, random).value())
        .value();
}

inline Buffer file_with_passphrase(std::size_t size) {
    FixedRandom random;
    return codec::age_encrypt(plaintext(size),
                              codec::begin_age_file(passphrase(), random, work_factor).value())
        .value();
}

}  // namespace zg::fuzz
