using System.Numerics;

namespace ConfidentialOperator.Inference.Channel;

/// <summary>How many bytes an answer grows by so that its length says little. The filling is part of the content: spaces after JSON, comments between events.</summary>
internal static class LengthPadding
{
    private const int SmallestBucket = 1024;
    private const int LargestBucket = 1024 * 1024;
    private const int Step = 512 * 1024;
    private const int FixedStep = 64 * 1024;
    private const int BucketFrame = 128;
    private const int FixedFrame = 1024;

    // A comment with the blank line that ends it: ":", filling, two line feeds.
    private const int ShortestComment = 3;

    /// <summary>Returns the filling after a whole answer.</summary>
    public static int AfterContent(PaddingMode mode, int length) => mode switch
    {
        PaddingMode.Bucket when length <= LargestBucket => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, SmallestBucket)) - length,
        PaddingMode.Bucket => UpTo(Step, length),
        PaddingMode.Fixed => UpTo(FixedStep, length),
        _ => 0,
    };

    /// <summary>Returns the comment after a piece of a stream.</summary>
    public static int AfterFrame(PaddingMode mode, int length)
    {
        int unit = mode == PaddingMode.Bucket ? BucketFrame : FixedFrame;
        int filling = mode == PaddingMode.Off ? 0 : UpTo(unit, length);
        return filling is > 0 and < ShortestComment ? filling + unit : filling;
    }

    /// <summary>Writes a comment of exactly this many bytes.</summary>
    public static void WriteComment(Span<byte> destination)
    {
        destination.Fill((byte)' ');
        destination[0] = (byte)':';
        destination[^2..].Fill((byte)'\n');
    }

    private static int UpTo(int unit, int length) => (unit - (length % unit)) % unit;
}
