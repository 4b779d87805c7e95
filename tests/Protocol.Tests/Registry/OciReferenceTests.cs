using ConfidentialOperator.Protocol.Registry;

namespace ConfidentialOperator.Protocol.Tests.Registry;

/// <summary>Addresses of artifacts: what they name, and what is no address.</summary>
public sealed class OciReferenceTests
{
    private static readonly string s_digest = new('a', 64);

    [Theory]
    [InlineData("oci://registry.example/models/m:v3", "registry.example", "models/m", "v3", false)]
    [InlineData("oci://registry.example:5000/m@sha256:D", "registry.example:5000", "m", "", true)]
    [InlineData("oci://127.0.0.1:5000/a/b_c/d--e.f:v1@sha256:D", "127.0.0.1:5000", "a/b_c/d--e.f", "v1", true)]
    public void PartsAreRead(string text, string host, string repository, string tag, bool hasDigest)
    {
        text = text.Replace("sha256:D", "sha256:" + s_digest, StringComparison.Ordinal);
        Assert.True(OciReference.TryParse(text, out OciReference? reference, out Refusal? refusal), refusal?.Message);
        Assert.Equal((host, repository, tag), (reference.Host, reference.Repository, reference.Tag));
        Assert.Equal(hasDigest, reference.Digest is not null);
        Assert.Equal(text, reference.ToString());
        Assert.Equal(hasDigest ? "sha256:" + s_digest : tag, reference.Target);
    }

    [Theory]
    [InlineData("registry.example/m:v1")]
    [InlineData("oci://registry.example/m")]
    [InlineData("oci://registry.example/:v1")]
    [InlineData("oci://registry.example/M:v1")]
    [InlineData("oci://registry.example/m/../n:v1")]
    [InlineData("oci://user:word@registry.example/m:v1")]
    [InlineData("oci://registry.example/m:v1?x=y")]
    [InlineData("oci://registry.example/m@sha256:abc")]
    [InlineData("oci://registry.example/m@sha512:aa")]
    [InlineData("oci://registry.example/m:v1\n")]
    [InlineData("oci://registry.example:123456/m:v1")]
    [InlineData("oci:///m:v1")]
    public void WhatIsNoAddressIsRefused(string text)
    {
        Assert.False(OciReference.TryParse(text, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Malformed, refusal.Reason);
        Assert.DoesNotContain("word", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("oci://registry.example/m:v1", "https://registry.example/v2/m/")]
    [InlineData("oci://127.0.0.1:5000/m:v1", "http://127.0.0.1:5000/v2/m/")]
    [InlineData("oci://localhost:5000/m:v1", "http://localhost:5000/v2/m/")]
    public void PlainHttpIsSpokenToThisMachineOnly(string text, string expected)
    {
        Assert.True(OciReference.TryParse(text, out OciReference? reference, out _));
        Assert.Equal(new Uri(expected), reference.Registry);
    }
}
