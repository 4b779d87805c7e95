using System.Buffers.Binary;
using System.Security.Cryptography;
using ConfidentialOperator.Attestation.Measurement.IdBlocks;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Measurement;

public sealed class IdBlockTests : IDisposable
{
    private static readonly IdBlock s_block = new() { Measurement = new ByteString(Enumerable.Repeat((byte)7, 48).ToArray()), Policy = 0x30000, GuestSvn = 5 };

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa _author = ECDsa.Create(ECCurve.NamedCurves.nistP384);

    [Fact]
    public void A_block_is_read_as_it_was_written()
    {
        Assert.True(IdBlock.TryParse(s_block.ToBytes().Span, out IdBlock? read, out Refusal? refusal), refusal?.ToString());
        Assert.Equal(s_block, read);
        byte[] changed = s_block.ToBytes().ToArray();
        changed[0x50] = 2;
        Assert.False(IdBlock.TryParse(changed, out _, out _));
        Assert.False(IdBlock.TryParse(changed.AsSpan(1), out _, out _));
    }

    [Fact]
    public void A_key_in_the_form_of_AMD_is_its_numbers_from_the_least_byte_on()
    {
        Assert.True(IdKey.TryCreate(_key, out IdKey? made, out Refusal? refusal), refusal?.ToString());
        ECParameters parameters = _key.ExportParameters(false);
        byte[] expected = new byte[1028];
        expected[0] = 2;
        parameters.Q.X!.Reverse().ToArray().CopyTo(expected, 4);
        parameters.Q.Y!.Reverse().ToArray().CopyTo(expected, 4 + 72);
        Assert.Equal(expected, made.Bytes.ToArray());
        Assert.Equal(SHA384.HashData(expected), made.Digest.ToArray());
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.False(IdKey.TryCreate(other, out _, out refusal));
        Assert.Equal(RefusalReason.Unsupported, refusal.Reason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_signed_verifies_and_any_changed_byte_does_not(bool hasAuthor)
    {
        Assert.True(IdAuthentication.TrySign(s_block, _key, hasAuthor ? _author : null, out ByteString? signed, out Refusal? refusal), refusal?.ToString());
        Assert.True(IdAuthentication.TryVerify(s_block, signed.Span, out IdAuthentication? read, out refusal), refusal?.ToString());
        Assert.Equal(hasAuthor, read.AuthorKeyDigest is not null);
        Assert.False(IdAuthentication.TryVerify(s_block with { GuestSvn = 6 }, signed.Span, out _, out refusal));
        Assert.Equal(RefusalReason.SignatureInvalid, refusal.Reason);
        int[] offsets = [0, 4, 0x10, 0x40, 0x40 + 60, 0x240, 0x244, 0x244 + 60, 0x645, 0x680, 0x880, 0x884, 0xC84, 0xFFF];
        foreach (int offset in offsets)
        {
            byte[] changed = signed.ToArray();
            changed[offset] ^= 1;
            Assert.False(IdAuthentication.TryVerify(s_block, changed, out _, out _), $"offset 0x{offset:x} is not checked");
        }

        Assert.False(IdAuthentication.TryVerify(s_block, signed.Span[1..], out _, out _));
    }

    [Fact]
    public void Signatures_are_little_endian()
    {
        Assert.True(IdAuthentication.TrySign(s_block, _key, null, out ByteString? signed, out _));
        byte[] r = [.. signed.Span.Slice(0x40, 48).ToArray().Reverse()];
        byte[] s = [.. signed.Span.Slice(0x40 + 72, 48).ToArray().Reverse()];
        Assert.True(_key.VerifyData(s_block.ToBytes().Span, [.. r, .. s], HashAlgorithmName.SHA384, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
        Assert.Equal(1u, BinaryPrimitives.ReadUInt32LittleEndian(signed.Span));
    }

    public void Dispose()
    {
        _key.Dispose();
        _author.Dispose();
    }
}
