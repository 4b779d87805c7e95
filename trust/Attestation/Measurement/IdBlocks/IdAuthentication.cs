using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Measurement.IdBlocks;

// SEV-SNP ABI specification, ID authentication information:
//   0x000     4  ID_KEY_ALGO      1: ECDSA P-384 with SHA-384
//   0x004     4  AUTHOR_KEY_ALGO  the same; 0 without an author's key
//   0x008    56  reserved
//   0x040   512  signature of the ID block
//   0x240  1028  ID key
//   0x644    60  reserved
//   0x680   512  signature of the ID key by the author's key
//   0x880  1028  author's key
//   0xC84   892  reserved

/// <summary>The keys and signatures that stand behind an ID block.</summary>
/// <param name="IdKeyDigest">ID_KEY_DIGEST of the report.</param>
/// <param name="AuthorKeyDigest">AUTHOR_KEY_DIGEST of the report; null without an author's key.</param>
public sealed record IdAuthentication(ByteString IdKeyDigest, ByteString? AuthorKeyDigest)
{
    /// <summary>The length of the structure.</summary>
    public const int Size = 4096;

    private const uint EcdsaP384Sha384 = 1;
    private const int BlockSignature = 0x040;
    private const int IdKeyAt = 0x240;
    private const int KeySignature = 0x680;
    private const int AuthorKeyAt = 0x880;

    private static readonly Range[] s_reserved = [0x008..0x040, 0x644..0x680, 0xC84..0x1000];

    /// <summary>Signs a block, and the key that signs it by the author's key where there is one.</summary>
    public static bool TrySign(IdBlock block, ECDsa idKey, ECDsa? authorKey, [NotNullWhen(true)] out ByteString? authentication, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(block);
        authentication = null;
        IdKey? author = null;
        if (!IdKey.TryCreate(idKey, out IdKey? key, out refusal) || (authorKey is not null && !IdKey.TryCreate(authorKey, out author, out refusal)))
        {
            return false;
        }

        byte[] bytes = new byte[Size];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, EcdsaP384Sha384);
        IdKey.Sign(idKey, block.ToBytes().Span, bytes.AsSpan(BlockSignature, IdKey.SignatureSize));
        key.Bytes.Span.CopyTo(bytes.AsSpan(IdKeyAt));
        if (authorKey is not null)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), EcdsaP384Sha384);
            IdKey.Sign(authorKey, key.Bytes.Span, bytes.AsSpan(KeySignature, IdKey.SignatureSize));
            author!.Bytes.Span.CopyTo(bytes.AsSpan(AuthorKeyAt));
        }

        authentication = new ByteString(bytes);
        return true;
    }

    /// <summary>Checks the signatures of a block as the processor does at launch.</summary>
    public static bool TryVerify(IdBlock block, ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out IdAuthentication? authentication, [NotNullWhen(false)] out Refusal? refusal)
    {
        ArgumentNullException.ThrowIfNull(block);
        authentication = null;
        refusal = CheckLayout(bytes);
        if (refusal is not null)
        {
            return false;
        }

        if (!IdKey.TryRead(bytes.Slice(IdKeyAt, IdKey.Size), out IdKey? key) || !key.Verifies(block.ToBytes().Span, bytes.Slice(BlockSignature, IdKey.SignatureSize)))
        {
            refusal = new(RefusalReason.SignatureInvalid, "The ID key does not sign the ID block, or is not a key on P-384.");
            return false;
        }

        bool hasAuthor = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) != 0;
        IdKey? author = null;
        if (hasAuthor && (!IdKey.TryRead(bytes.Slice(AuthorKeyAt, IdKey.Size), out author) || !author.Verifies(key.Bytes.Span, bytes.Slice(KeySignature, IdKey.SignatureSize))))
        {
            refusal = new(RefusalReason.SignatureInvalid, "The author's key does not sign the ID key, or is not a key on P-384.");
            return false;
        }

        authentication = new IdAuthentication(key.Digest, author?.Digest);
        return true;
    }

    private static Refusal? CheckLayout(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            return new(RefusalReason.Malformed, $"ID authentication has {Size} bytes; this one has {bytes.Length}.");
        }

        uint algorithm = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        uint author = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        if (algorithm != EcdsaP384Sha384 || author > EcdsaP384Sha384)
        {
            return ImageReader.Refuse(0, $"the algorithms are {algorithm} and {author}; the only one is {EcdsaP384Sha384}, ECDSA P-384 with SHA-384, and 0 without an author's key.");
        }

        foreach (Range reserved in s_reserved)
        {
            if (bytes[reserved].ContainsAnyExcept((byte)0))
            {
                return ImageReader.Refuse(reserved.Start.Value, "reserved bytes are not zero.");
            }
        }

        return author != 0 || !bytes[KeySignature..(AuthorKeyAt + IdKey.Size)].ContainsAnyExcept((byte)0) ? null
            : ImageReader.Refuse(KeySignature, "an author's key or its signature is there, and the algorithm says that there is none.");
    }
}
