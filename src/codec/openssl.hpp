// Shared by the files that call OpenSSL: owners of its objects, and its errors as values. Only for
// .cpp files in this folder.
#pragma once

#include <expected>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace zg::codec {

/// Frees with the given function.
template <auto function>
struct FreeWith {
    template <class T>
    void operator()(T* freed) const {
        function(freed);
    }
};

inline unsigned char* openssl_bytes(MutableBytes bytes) {
    return reinterpret_cast<unsigned char*>(bytes.data());
}
inline const unsigned char* openssl_bytes(Bytes bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}

/// Kind unsupported: this OpenSSL, as configured, has no `algorithm`. Clears this thread's queue of
/// OpenSSL errors.
std::unexpected<Error> openssl_lacks(std::string algorithm);
/// Kind internal: a call that can only fail if memory runs out or an assumption is wrong. Clears
/// the queue, too.
std::unexpected<Error> openssl_failed(std::string what);

}  // namespace zg::codec
