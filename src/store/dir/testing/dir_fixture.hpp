// Shared code of the dir store's tests.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <ios>
#include <iterator>
#include <map>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "base/steps.hpp"
#include "base/testing/manual_clock.hpp"
#include "base/testing/temporary_folder.hpp"
#include "store/store.hpp"
#include "store/testing/open_store.hpp"

namespace zg::store {

/// Everything below a folder: path -> content; folders end with '/' and have no content.
inline std::map<std::string, std::string> tree_of(const std::string& folder) {
    namespace fs = std::filesystem;
    std::map<std::string, std::string> tree;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
        const std::string path = fs::relative(entry.path(), folder).string();
        if (entry.is_directory()) {
            tree[path + "/"] = "";
        } else {
            std::ifstream file(entry.path(), std::ios::binary);
            tree[path] = std::string(std::istreambuf_iterator<char>(file), {});
        }
    }
    return tree;
}

class DirTest : public testing::Test {
  protected:
    [[nodiscard]] std::string path(const std::string& name = "") const {
        return folder_.path() + "/store/" + name;
    }
    [[nodiscard]] std::string url(const std::string& options = "") const {
        return "dir:" + folder_.path() + "/store" + options;
    }
    Result<std::unique_ptr<Store>> try_open(const std::string& options = "") {
        return open_local(url(options), clock_, steps_);
    }
    std::unique_ptr<Store> open(const std::string& options = "") {
        return try_open(options).value();
    }

    void SetUp() override { std::filesystem::create_directory(path()); }

    TemporaryFolder folder_;
    ManualClock clock_;
    NoSteps steps_;
};

}  // namespace zg::store
