using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Secrets;

namespace ConfidentialOperator.Protocol.Tests.Kbs;

/// <summary>Values of the Key Broker Service protocol that were computed and cross-checked with other implementations.</summary>
public sealed class KbsVectorTests
{
    private const string Nonce = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private const string Jwk = """{"kty":"EC","use":"dropped","crv":"P-256","alg":"ECDH-ES+A256KW","x":"WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuis","y":"y77t-RvAHRKTsSGdIYUfweuOvwrvDD-Q3Hv5J0fSKbE"}""";
    private const string SealedText = """{"protected":"eyJhbGciOiJFQ0RILUVTK0EyNTZLVyIsImVuYyI6IkEyNTZHQ00iLCJlcGsiOnsiY3J2IjoiUC0yNTYiLCJrdHkiOiJFQyIsIngiOiJIMVItMzZXVnZPb3p2Q3lOY3hVY1h3RldvNkoyVHdnVnpJM3Vib3FrLUswIiwieSI6IlRsM0xzUURkb2pzYi1WYlBaZGZlTUd5Qmt6RzZNY2pKMTRFaHUzcGxDV3cifX0","encrypted_key":"sSGYoI94NrP8_IM1gseqVU7RTEXu79XE8NisYWT9HlB5t2nItCz45Q","iv":"SoQU2LxbzS63YEZ5","ciphertext":"-P-Y-3taBD8","tag":"ZRq5ECSaYS9DL7k2CsjxFQ"}""";

    [Fact]
    public void ReportDataIsThatOfTheVectors()
    {
        Assert.True(TeePublicKey.TryParse(Encoding.UTF8.GetBytes(Jwk), out TeePublicKey? key, out _));
        Assert.Equal("41ffe199be4ee3b264c0c0760d296f85c8a05f5ad1cdcf7e0a102cd583d75feeb34773e0dd84d3d5cc84a3dbdbf609cc" + new string('0', 32),
            KbsReportData.ForDevice(Nonce, key).ToString());
        Assert.Equal("7e3c430d1b20027dfa91ba1dd104beca19d90df8d91b7fb9511a6854d70541021962a1b216b184b0b17813eba377f204" + new string('0', 32),
            KbsReportData.ForCpu(Nonce, key, "").ToString());
        Assert.NotEqual(KbsReportData.ForCpu(Nonce, key, ""), KbsReportData.ForCpu(Nonce, key, "[]"));
    }

    [Fact]
    public void TheWrappingKeyIsThatOfTheVector() => Assert.Equal("6b4c2a61d69c90cebd2e87b68e813b985e8dd6e627e7168420a5d02cc5bdc85e",
        Convert.ToHexStringLower(Jwe.DeriveWrappingKey(Convert.FromHexString("808da3474793dd183008d6414c7858f024b8213e65d72ce6d104502175256af5"))));

    [Fact]
    public void TheSealedVectorOpens()
    {
        using ECDiffieHellman key = Recipient();
        Assert.True(Jwe.TryOpen(Encoding.UTF8.GetBytes(SealedText), key, out SecretKey? value, out Refusal? refusal), refusal?.ToString());
        using (value)
        {
            Assert.Equal("shhhhhhh", Encoding.UTF8.GetString(value.Span));
        }
    }

    [Theory]
    [InlineData("-P-Y-3taBD8", "-P-Y-3taBD4")]
    [InlineData("ZRq5ECSaYS9DL7k2CsjxFQ", "ZRq5ECSaYS9DL7k2CsjxFA")]
    [InlineData("SoQU2LxbzS63YEZ5", "SoQU2LxbzS63YEZ4")]
    [InlineData("sSGYoI94NrP8_IM1gseqVU7RTEXu79XE8NisYWT9HlB5t2nItCz45Q", "sSGYoI94NrP8_IM1gseqVU7RTEXu79XE8NisYWT9HlB5t2nItCz45A")]
    [InlineData("sSGYoI94NrP8_IM1gseqVU7RTEXu79XE8NisYWT9HlB5t2nItCz45Q", "")]
    [InlineData("\"iv\":\"SoQU2LxbzS63YEZ5\",", "")]
    [InlineData("\"tag\":\"ZRq5ECSaYS9DL7k2CsjxFQ\"", "\"tag\":\"ZRq5ECSaYS9DL7k2CsjxFQ\",\"aad\":\"\"")]
    [InlineData("eyJhbGci", "eyJhbGcj")]
    public void AChangedSecretIsRefused(string part, string instead)
    {
        using ECDiffieHellman key = Recipient();
        string changed = SealedText.Replace(part, instead, StringComparison.Ordinal);
        Assert.NotEqual(SealedText, changed);
        Assert.False(Jwe.TryOpen(Encoding.UTF8.GetBytes(changed), key, out SecretKey? value, out _));
        Assert.Null(value);
    }

    private static ECDiffieHellman Recipient() => ECDiffieHellman.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        D = Base64Url.DecodeFromChars("iXoHn_BRFccUWPzg1MDP5SMS3Ob55E9zU3JTkIn--FA"),
        Q = new ECPoint
        {
            X = Base64Url.DecodeFromChars("Lid1jgwJ-6heeiScvuzaKQUnhdwGn_T7_jUfz-6jFYM"),
            Y = Base64Url.DecodeFromChars("rrKK6CsBjyzjcpLaO3Ac2qR4u872lQf64i6Y7Obxcgc"),
        },
    });
}
