// make_age_seeds FOLDER: writes valid age files, headers, identity files, keys and armor, as first
// inputs of the fuzzer.
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string>
#include <string_view>
#include <vector>

#include "age_fixture.hpp"
#include "base/bytes.hpp"
#include "base/secret.hpp"
#include "codec/age/age.hpp"
#include "codec/age/armor.hpp"
#include "codec/age/file.hpp"
#include "codec/age/file_key.hpp"
#include "codec/age/header.hpp"
#include "codec/age/identity_file.hpp"
#include "codec/age/x25519.hpp"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    using namespace zg;
    using fuzz::Act;
    const std::filesystem::path folder = argv[1];
    std::filesystem::create_directories(folder);
    int number = 0;
    const auto save = [&](Act act, std::string_view text) {
        std::ofstream file(folder / std::to_string(number++), std::ios::binary);
        file << static_cast<char>(act) << '\x03' << '\x40' << text;
    };
    const codec::AgeIdentity identity = fuzz::identity();
    fuzz::FixedRandom random;
    for (const std::size_t size : {0U, 1U, 100U}) {
        save(Act::open, as_text(fuzz::file_to_identity(size)));
        save(Act::open, as_text(fuzz::file_with_passphrase(size)));
        save(Act::armor, codec::age_armor(fuzz::plaintext(size)));
    }
    const codec::AgeIdentity other = codec::AgeIdentity::generate(random).value();
    const Buffer for_two =
        codec::age_encrypt(
            fuzz::plaintext(10),
            codec::begin_age_file(std::vector{other.recipient(), identity.recipient()}, random)
                .value())
            .value();
    save(Act::open, as_text(for_two));
    const std::vector<codec::AgeStanza> stanzas{
        {.arguments = {"grease", "!", "~"}, .body = {}},
        {.arguments = {"full"}, .body = fuzz::plaintext(48)},
        {.arguments = {"long"}, .body = fuzz::plaintext(100)}};
    save(Act::header, codec::write_age_header(stanzas, fuzz::file_key()).value());
    const Secret file = codec::age_identity_file(identity, "2026-11-23T02:00:00Z");
    const std::string armored =
        codec::encrypt_age_identity_file(file, fuzz::passphrase(), random, fuzz::work_factor)
            .value();
    save(Act::identities, file.reveal());
    save(Act::identities, armored);
    save(Act::identities, as_text(codec::from_age_armor(armored).value()));
    save(Act::bech32, identity.text().reveal());
    save(Act::bech32, identity.recipient().text());
    save(Act::damage, std::string("\x01\x00\x00\x00\x00\x00", 6));
    save(Act::damage, std::string("\x02\x00\x01\x00\x00\x10\x03\x00\x02\x00\x10\x10", 12));
    return 0;
}
