using System.Security.Cryptography;
using ConfidentialOperator.Attestation.Certificates;

namespace ConfidentialOperator.Attestation.Tests.Certificates;

/// <summary>A key that is kept: its two forms of signature, points that are none, and many users at once.</summary>
public sealed class P256KeyTests
{
    private static readonly ECDsa s_key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private static readonly byte[] s_data = RandomNumberGenerator.GetBytes(300);

    [Fact]
    public void BothFormsOfASignatureAreVerifiedAndNoOther()
    {
        using P256Key key = P256Key.FromPoint(Point(s_key))!;
        byte[] plain = s_key.SignData(s_data, HashAlgorithmName.SHA256);
        byte[] der = s_key.SignData(s_data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        Assert.True(key.Verify(s_data, plain) && key.VerifyDer(s_data, der));
        Assert.False(key.Verify(s_data, der) || key.VerifyDer(s_data, plain) || key.Verify(s_data, plain.AsSpan(1)) || key.Verify(s_data, []));
        plain[^1] ^= 1;
        Assert.False(key.Verify(s_data, plain));
        Assert.False(key.VerifyDer(s_data.AsSpan(1), der));
    }

    [Fact]
    public void APointThatIsNotOnTheCurveIsNoKey()
    {
        byte[] point = Point(s_key);
        point[^1] ^= 1;
        Assert.Null(P256Key.FromPoint(point));
        Assert.Null(P256Key.FromPoint(new byte[P256Key.NumbersSize]));
        Assert.Null(P256Key.FromPoint(Point(s_key).AsSpan(1)));
    }

    [Fact]
    public async Task ManyUseItAtOnceAndAfterItsHandlesWereEnded()
    {
        using P256Key key = P256Key.FromPoint(Point(s_key))!;
        byte[] right = s_key.SignData(s_data, HashAlgorithmName.SHA256);
        byte[] wrong = [.. right];
        wrong[0] ^= 1;
        await Parallel.ForAsync(0, 2000, TestContext.Current.CancellationToken, (_, _) =>
        {
            Assert.True(key.Verify(s_data, right));
            Assert.False(key.Verify(s_data, wrong));
            return ValueTask.CompletedTask;
        });
        key.Dispose();
        Assert.True(key.Verify(s_data, right));
    }

    private static byte[] Point(ECDsa key)
    {
        ECPoint point = key.ExportParameters(false).Q;
        return [.. point.X!, .. point.Y!];
    }
}
