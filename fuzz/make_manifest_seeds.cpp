// make_manifest_seeds FOLDER: writes valid manifests, a store record and a tombstone, as first
// inputs of the fuzzer.
#include <fstream>
#include <string>

#include "catalog/manifest.hpp"
#include "catalog/store_record.hpp"
#include "catalog/testing/sample.hpp"
#include "catalog/tombstone.hpp"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::string folder = argv[1];
    std::ofstream(folder + "/full") << zg::catalog::to_json(zg::catalog::sample_manifest(1));
    std::ofstream(folder + "/incremental")
        << zg::catalog::to_json(zg::catalog::sample_manifest(2, 1));
    std::ofstream(folder + "/store") << zg::catalog::to_json(
        zg::catalog::StoreRecord{.id = std::string(32, 'a'), .created = {}});
    std::ofstream(folder + "/tombstone") << zg::catalog::to_json(
        zg::catalog::Tombstone{.archive_id = zg::catalog::sample_manifest(1).archive_id,
                               .rule = "older than 12 months",
                               .host = "fileserver"});
    return 0;
}
