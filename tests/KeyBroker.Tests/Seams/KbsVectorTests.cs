using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ConfidentialOperator.KeyBroker.Seams;

namespace ConfidentialOperator.KeyBroker.Tests.Seams;

/// <summary>Values that were computed and cross-checked with other implementations.</summary>
public sealed class KbsVectorTests
{
    private const string Nonce = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    [Fact]
    public void ReportDataIsThatOfTheVectors()
    {
        TeePublicKey key = Key("""{"kty":"EC","use":"dropped","crv":"P-256","alg":"ECDH-ES+A256KW","x":"WKn-ZIGevcwGIyyrzFoZNBdaq9_TsqzGl96oc0CWuis","y":"y77t-RvAHRKTsSGdIYUfweuOvwrvDD-Q3Hv5J0fSKbE"}""");
        Assert.Equal("41ffe199be4ee3b264c0c0760d296f85c8a05f5ad1cdcf7e0a102cd583d75feeb34773e0dd84d3d5cc84a3dbdbf609cc" + new string('0', 32),
            Convert.ToHexStringLower(KbsReportData.ForDevice(Nonce, key)));
        Assert.Equal("7e3c430d1b20027dfa91ba1dd104beca19d90df8d91b7fb9511a6854d70541021962a1b216b184b0b17813eba377f204" + new string('0', 32),
            Convert.ToHexStringLower(KbsReportData.ForCpu(Nonce, key, "")));
    }

    [Fact]
    public void TheWrappingKeyIsThatOfTheVector() => Assert.Equal("6b4c2a61d69c90cebd2e87b68e813b985e8dd6e627e7168420a5d02cc5bdc85e",
        Convert.ToHexStringLower(Jwe.DeriveWrappingKey(Convert.FromHexString("808da3474793dd183008d6414c7858f024b8213e65d72ce6d104502175256af5"))));

    [Fact]
    public void TheVectorOpensWithTheTestsOwnReader()
    {
        const string Jwe = """{"protected":"eyJhbGciOiJFQ0RILUVTK0EyNTZLVyIsImVuYyI6IkEyNTZHQ00iLCJlcGsiOnsiY3J2IjoiUC0yNTYiLCJrdHkiOiJFQyIsIngiOiJIMVItMzZXVnZPb3p2Q3lOY3hVY1h3RldvNkoyVHdnVnpJM3Vib3FrLUswIiwieSI6IlRsM0xzUURkb2pzYi1WYlBaZGZlTUd5Qmt6RzZNY2pKMTRFaHUzcGxDV3cifX0","encrypted_key":"sSGYoI94NrP8_IM1gseqVU7RTEXu79XE8NisYWT9HlB5t2nItCz45Q","iv":"SoQU2LxbzS63YEZ5","ciphertext":"-P-Y-3taBD8","tag":"ZRq5ECSaYS9DL7k2CsjxFQ"}""";
        using ECDiffieHellman key = ECDiffieHellman.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            D = Base64Url.DecodeFromChars("iXoHn_BRFccUWPzg1MDP5SMS3Ob55E9zU3JTkIn--FA"),
            Q = new ECPoint
            {
                X = Base64Url.DecodeFromChars("Lid1jgwJ-6heeiScvuzaKQUnhdwGn_T7_jUfz-6jFYM"),
                Y = Base64Url.DecodeFromChars("rrKK6CsBjyzjcpLaO3Ac2qR4u872lQf64i6Y7Obxcgc"),
            },
        });
        Assert.Equal("shhhhhhh", Encoding.UTF8.GetString(Running.JweReader.Open(Jwe, key)));
    }

    [Fact]
    public void KeyWrapIsThatOfRfc3394Section46()
    {
        byte[] wrapped = KeyWrap.Wrap(Convert.FromHexString("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"),
            Convert.FromHexString("00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F"));
        Assert.Equal("28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21", Convert.ToHexString(wrapped));
    }

    [Theory]
    [InlineData("a\"b\\c/d<&+é\u0001\n", "\"a\\\"b\\\\c/d<&+é\\u0001\\n\"")]
    public void TextIsEscapedAsRfc8785Says(string text, string expected) => Assert.Equal(expected, StrictJson.Canonical(text));

    private static TeePublicKey Key(string jwk)
    {
        using JsonDocument document = JsonDocument.Parse(jwk);
        return TeePublicKey.Read(document.RootElement)!;
    }
}
