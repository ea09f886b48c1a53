// Encrypted files of age v1, as streams. Source: C2SP age.md (https://c2sp.org/age). Debian's `age`
// opens what is written here, and this opens what it writes.
#pragma once

#include "base/io.hpp"
#include "codec/age/file.hpp"
#include "codec/transform.hpp"

namespace zg::codec {

/// Makes one age file from bytes given in pieces. One thread at a time. To seal chunks on several
/// threads use AgeFile itself.
class AgeEncoder {
  public:
    /// `file` from begin_age_file(), and for this encoder only.
    explicit AgeEncoder(AgeFile file);
    ~AgeEncoder();
    AgeEncoder(AgeEncoder&&) noexcept;
    AgeEncoder& operator=(AgeEncoder&&) noexcept;
    /// Appends to `out` what encrypting `bytes` gives so far; up to 64 KiB wait for what follows.
    Result<void> feed(Bytes bytes, Buffer& out);
    /// Appends to `out` the end of the file; a file is made even where nothing was given. Then
    /// nothing else may be called.
    Result<void> finish(Buffer& out);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// All of `bytes` as one age file.
Result<Buffer> age_encrypt(Bytes bytes, AgeFile file);

/// Opens exactly one age file, not ASCII-armored. One thread at a time. Nothing leaves that was not
/// proven to be what was encrypted, in its place; whether it was all is known when finish() has
/// returned. Errors: damage where a byte was changed, is missing or was added, or chunks were
/// exchanged; refused where no identity fits, or not the passphrase; unsupported (see
/// open_age_file). After an error of its own or of the sink, every call gives that error again.
class AgeDecoder final : public Transform {
  public:
    /// `keys` outlive the decoder.
    explicit AgeDecoder(const AgeKeys& keys);
    ~AgeDecoder() override;
    AgeDecoder(AgeDecoder&&) noexcept;
    AgeDecoder& operator=(AgeDecoder&&) noexcept;
    /// Writes to `out`, in pieces of 64 KiB, what `bytes` open to so far.
    Result<void> feed(Bytes bytes, Sink& out) override;
    /// To be called at the end: writes the last piece, at most 64 KiB, and fails unless the file
    /// was whole.
    Result<void> finish(Sink& out) override;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace zg::codec
