using System.Security.Cryptography;
using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Attestation.Snp;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tests.Certificates;

public sealed class TrustRootsTests
{
    [Fact]
    public void NoDevelopmentRootIsBuiltIn()
    {
        Assert.False(TrustRoots.BuiltIn.HasDevelopmentRoots);
        Assert.True(Development.Roots.HasDevelopmentRoots);
        Assert.True(TrustRoots.TryWithDevelopment([], out TrustRoots? roots, out _));
        Assert.False(roots.HasDevelopmentRoots);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no PEM")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")]
    public void WhatIsNoCertificateIsNoRoot(string pem)
    {
        Assert.False(TrustRoots.TryWithDevelopment([pem], out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Malformed, refusal.Reason);
    }

    [Fact]
    public void AnIntermediateIsNoRoot()
    {
        Assert.False(TrustRoots.TryWithDevelopment([Development.Pki.ChainPem], out _, out Refusal? refusal));
        Assert.Contains("root alone", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARootThatIsNotConfiguredVouchesForNothing()
    {
        string another = PemEncoding.WriteString("CERTIFICATE", TrustRoots.BuiltIn.For(Vendor.Amd)[0].Root.Der.Span);
        Assert.True(TrustRoots.TryWithDevelopment([another], out TrustRoots? roots, out _));
        Appraisal appraisal = new Scene { Roots = roots }.Verify().Appraisal;
        Assert.Equal(RefusalReason.ChainUntrusted, appraisal.Refusal!.Reason);
        Assert.False(appraisal.Genuine || appraisal.Current || appraisal.Expected);
    }

    [Fact]
    public void AListThatTheRootDidNotSignSaysNothing()
    {
        byte[] list = Development.Pki.MakeRevocationList(Scene.Noon.AddDays(-1), Scene.Noon.AddDays(1), true);
        list[^1] ^= 1;
        Verdict<VerifiedGuest> verdict = new Scene { Collateral = [new("crl", new ByteString(list))] }.Verify();
        Assert.True(verdict.Accepted);
        Assert.Contains("no list", ((AuthenticSnpReport)verdict.Appraisal.Evidence!).Revocation.Found, StringComparison.Ordinal);
    }
}
