using System.Security.Cryptography;
using System.Text;
using ConfidentialOperator.Inference.Generation.Tokenizers;

namespace ConfidentialOperator.Inference.Tests.Generation.Tokenizers;

public sealed class UnicodeNormalizerTests
{
    /// <summary>Every code point between marks, against the digests of an independent implementation (Python's unicodedata 14.0.0).</summary>
    [Theory]
    [InlineData(NormalizationForm.FormC, "c51c3b2120cb9c6eebbe06ad2427d10bcee57f7fda017a0d676145ce0ba6f622")]
    [InlineData(NormalizationForm.FormD, "967e7b5146f7910fbdb1983fb334ef8b2fedac20583a4c1ccd564154d0776b67")]
    [InlineData(NormalizationForm.FormKC, "89e2a94f2d7e3a3d877d408fad2e289292e4abdf47ad397981fa04d33c4eca9c")]
    [InlineData(NormalizationForm.FormKD, "d49d106f3979ad70d68bf91a5f93414fec95a939d96bb96512dbc4f254f23d6e")]
    public void EveryCodePointIsNormalizedAsElsewhere(NormalizationForm form, string digest)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int code = 0; code <= 0x10FFFF; code++)
        {
            if (!Rune.IsValid(code)) continue;
            string character = new Rune(code).ToString();
            hash.AppendData(Encoding.UTF8.GetBytes(UnicodeNormalizer.Normalize($"e{character}\u0323\u0301{character}\u11a8", form)));
        }

        Assert.Equal(digest, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [Theory]
    [InlineData("ﬁ①Ａ", NormalizationForm.FormKC, "fi1A")]
    [InlineData("e\u0301", NormalizationForm.FormC, "é")]
    [InlineData("한", NormalizationForm.FormD, "\u1112\u1161\u11ab")]
    [InlineData("plain", NormalizationForm.FormKD, "plain")]
    public void AFewOfThem(string text, NormalizationForm form, string expected) => Assert.Equal(expected, UnicodeNormalizer.Normalize(text, form));
}
