// Encrypted files of age v1, as streams. Source: C2SP age.md (https://c2sp.org/age). Debian's `age`
// opens these files, and this opens its files.
#pragma once

#include <memory>

#include "base/bytes.hpp"
#include "base/io.hpp"
#include "base/result.hpp"
#include "codec/age/file.hpp"
#include "codec/transform.hpp"

namespace zg::codec {

/// Makes one age file from bytes given in pieces. One thread at a time. To seal chunks on several
/// threads, use AgeFile directly.
class AgeEncoder {
  public:
    /// `file`: from begin_age_file(), for this encoder only.
    explicit AgeEncoder(AgeFile file);
    ~AgeEncoder();
    AgeEncoder(AgeEncoder&&) noexcept;
    AgeEncoder& operator=(AgeEncoder&&) noexcept;
    /// Appends the encrypted data so far to `out`; up to 64 KiB are kept until more follows.
    Result<void> feed(Bytes bytes, Buffer& out);
    /// Appends the end of the file to `out`; without any input, this makes an empty file. No calls
    /// may follow.
    Result<void> finish(Buffer& out);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// All of `bytes` as one age file.
Result<Buffer> age_encrypt(Bytes bytes, AgeFile file);

/// Opens exactly one age file, not ASCII-armored. One thread at a time. Writes only data that is
/// authenticated, in its place; whether it is complete is known when finish() has returned. Errors:
/// damage if a byte was changed, is missing or was added, or chunks were exchanged; refused if no
/// identity, or not the passphrase, fits; unsupported (see open_age_file()). After an error of its
/// own or of the sink, every call returns that error again.
class AgeDecoder final : public Transform {
  public:
    /// `keys` outlive the decoder.
    explicit AgeDecoder(const AgeKeys& keys);
    ~AgeDecoder() override;
    AgeDecoder(AgeDecoder&&) noexcept;
    AgeDecoder& operator=(AgeDecoder&&) noexcept;
    /// Writes the decrypted data so far to `out`, in pieces of 64 KiB.
    Result<void> feed(Bytes bytes, Sink& out) override;
    /// To be called at the end: writes the last piece, at most 64 KiB, and fails unless the file
    /// was complete.
    Result<void> finish(Sink& out) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace zg::codec
