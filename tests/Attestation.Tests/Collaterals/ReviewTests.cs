using System.Text;
using ConfidentialOperator.Attestation.Collaterals;
using ConfidentialOperator.FakeTee.Nvidia;
using ConfidentialOperator.FakeTee.Pki;
using ConfidentialOperator.FakeTee.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;

namespace ConfidentialOperator.Attestation.Tests.Collaterals;

/// <summary>Each kind of collateral, judged without evidence: in force, ended, not yet begun, of a stranger, and changed or cut at any place.</summary>
public sealed class ReviewTests
{
    private static readonly DateTimeOffset s_from = new(2026, 4, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_until = s_from.AddDays(30);
    private static readonly DateTimeOffset s_now = s_from.AddDays(1);
    private static readonly SoftwarePki s_amd = SoftwarePki.Shared;
    private static readonly SoftwareTdxPki s_intel = new();
    private static readonly SoftwareNvidiaPki s_nvidia = SoftwareNvidiaPki.Create();
    private static readonly SoftwareDevice s_device = s_nvidia.MakeDevice(notAfter: s_until);
    private static readonly TrustRoots s_roots = Roots(s_amd.RootPem, s_intel.RootPem, s_nvidia.RootPem);

    /// <summary>Every kind, with the certificates that it needs besides; each is in force for the same thirty days.</summary>
    private static readonly Dictionary<string, (Collateral Item, Collateral[] With, string Root)> s_kinds = new()
    {
        ["amd-list"] = (Item("crl", s_amd.MakeRevocationList(s_from, s_until, true)), [], "ARK-Software"),
        ["intel-certificate"] = (Item("chain", s_intel.MakeSigner("Intel SGX TCB Signing", s_until)), [], "Intel SGX Root CA"),
        ["intel-root-list"] = (Item("crl", s_intel.MakeRootList(s_from, s_until)), [], "Intel SGX Root CA"),
        ["intel-platform-list"] = (Item("crl", s_intel.MakePckList(s_from, s_until)), [Item("chain", s_intel.AuthorityDer)], "Intel SGX Root CA"),
        ["tcb-info"] = (Intel("tcb-info"), [Item("chain", s_intel.SignerDer)], "Intel SGX Root CA"),
        ["qe-identity"] = (Intel("qe-identity"), [Item("chain", s_intel.SignerDer)], "Intel SGX Root CA"),
        ["nvidia-chain"] = (new Collateral("chain", s_device.ChainPem), [], "NVIDIA Device Identity CA"),
        ["manifest"] = (new Collateral("driver-rim", s_nvidia.MakeRimSigner(s_until).Sign(new SoftwareRim { Version = "550.90.07", Active = SoftwareRim.Matching(7) })), [], "NVIDIA Device Identity CA"),
        ["answer"] = (Answer(s_device, new SoftwareResponder { ThisUpdate = s_from, NextUpdate = s_until }), [new Collateral("chain", s_device.ChainPem)], "NVIDIA Device Identity CA"),
    };

    public static TheoryData<string> Kinds => [.. s_kinds.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WhatIsInForceAndLeadsToARootIsAccepted(string kind)
    {
        ReviewedCollateral reviewed = Review(kind, s_now, s_roots);
        Assert.Null(reviewed.Refusal);
        Assert.Equal(s_kinds[kind].Root, reviewed.Root);
        Assert.Equal(s_until, reviewed.Facts!.Until);
        Assert.NotEqual("", reviewed.Facts.Description);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WhatHasEndedOrNotBegunIsRefusedAndItsRootStillNamed(string kind)
    {
        ReviewedCollateral late = Review(kind, s_until.AddSeconds(1), s_roots);
        Assert.Equal(RefusalReason.CertificateExpired, late.Refusal?.Reason);
        Assert.Equal(s_kinds[kind].Root, late.Root);
        Assert.Equal(RefusalReason.CertificateExpired, Review(kind, new DateTimeOffset(2019, 1, 1, 0, 0, 0, TimeSpan.Zero), s_roots).Refusal?.Reason);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WhatAStrangerSignedIsRefused(string kind)
    {
        ReviewedCollateral reviewed = Review(kind, s_now, TrustRoots.BuiltIn);
        Assert.Equal((RefusalReason.ChainUntrusted, ""), (reviewed.Refusal?.Reason, reviewed.Root));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WhatNeedsOtherCertificatesIsRefusedWithoutThem(string kind) =>
        Assert.Equal(s_kinds[kind].With.Length == 0, CollateralReview.Of([s_kinds[kind].Item], s_roots, s_now)[0].Refusal is null);

    [Fact]
    public void AChangeAtAnyPlaceIsRefused()
    {
        foreach ((string kind, (Collateral item, Collateral[] with, _)) in s_kinds.Where(entry => entry.Key is not "nvidia-chain"))
        {
            // A chain of several certificates is text around them; what is changed there may say nothing.
            for (int at = 0; at < item.Data.Length; at += 37)
            {
                byte[] changed = item.Data.ToArray();
                changed[at] ^= 0x20;
                Refusal? refusal = CollateralReview.Of([item with { Data = new ByteString(changed) }, .. with], s_roots, s_now)[0].Refusal;
                Assert.True(refusal is not null || MeansTheSame(kind, item, changed, at), $"{kind} with a change at {at} was accepted");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void WhatIsCutIsRefused(string kind)
    {
        (Collateral item, Collateral[] with, _) = s_kinds[kind];
        foreach (int length in new[] { 0, 1, item.Data.Length / 3, item.Data.Length - 30 })
        {
            Collateral cut = item with { Data = new ByteString(item.Data.Span[..length]) };
            ReviewedCollateral reviewed = CollateralReview.Of([cut, .. with], s_roots, s_now)[0];
            Assert.True(reviewed.Refusal is not null || kind == "nvidia-chain", $"{kind} of {length} bytes");
        }
    }

    [Fact]
    public void AListThatAnotherKeyOfTheSameNameSignedIsRefused()
    {
        IReadOnlyList<ReviewedCollateral> reviewed = CollateralReview.Of([Item("crl", s_intel.MakeForgedList(s_from, s_until)), Item("chain", s_intel.AuthorityDer)], s_roots, s_now);
        Assert.Equal([RefusalReason.ChainUntrusted, null], reviewed.Select(entry => entry.Refusal?.Reason));
    }

    [Fact]
    public void DataThatTheListsAuthoritySignedIsNotIntels()
    {
        var others = new SoftwareTdxPki();
        Collateral foreign = new SoftwareTdxCollateral(others) { From = s_from, Until = s_until }.Make()[0];
        Assert.Equal(RefusalReason.ChainUntrusted, CollateralReview.Of([foreign, Item("chain", others.SignerDer), Item("chain", s_intel.SignerDer)], s_roots, s_now)[0].Refusal?.Reason);
    }

    [Fact]
    public void AnAnswerOfAResponderThatNobodyAppointedIsRefused()
    {
        var others = SoftwareNvidiaPki.Create();
        Collateral answer = Answer(others.MakeDevice(), new SoftwareResponder { ThisUpdate = s_from, NextUpdate = s_until });
        Assert.Equal(RefusalReason.ChainUntrusted, CollateralReview.Of([answer, new Collateral("chain", s_device.ChainPem)], s_roots, s_now)[0].Refusal?.Reason);
    }

    [Theory]
    [InlineData("no collateral")]
    [InlineData("{}")]
    [InlineData("{\"tcbInfo\":7}")]
    [InlineData("{\"tcbInfo\":{\"issueDate\":\"2026-04-20T00:00:00Z\",\"nextUpdate\":\"never\"}}")]
    [InlineData("[]")]
    [InlineData("<SoftwareIdentity/>")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public void WhatIsNothingHasNoFactsAndIsMalformed(string text)
    {
        var item = new Collateral("crl", new ByteString(Encoding.ASCII.GetBytes(text)));
        Assert.Null(CollateralFacts.Read(item));
        Assert.Equal(RefusalReason.Malformed, CollateralReview.Of([item], s_roots, s_now)[0].Refusal?.Reason);
    }

    [Fact]
    public void FactsAreReadByContentWhateverTheKindSays()
    {
        CollateralFacts info = CollateralFacts.Read(Intel("tcb-info") with { Kind = "vcek" })!;
        Assert.Equal(("TCB info of platform 90c06f000000, evaluation data number 18", s_from, s_until), (info.Description, info.From, info.Until));
        Assert.Equal("identity of enclave TD_QE, evaluation data number 18", CollateralFacts.Read(Intel("qe-identity"))!.Description);
        CollateralFacts list = CollateralFacts.Read(s_kinds["amd-list"].Item)!;
        Assert.Equal(("revocation list", "ARK-Software", s_from, s_until), (list.Description, list.Issuer, list.From, list.Until));
        Assert.StartsWith("reference manifest 'GH100-550.90.07'", CollateralFacts.Read(s_kinds["manifest"].Item)!.Description, StringComparison.Ordinal);
        Assert.Equal(s_from, CollateralFacts.Read(s_kinds["answer"].Item)!.From);
    }

    private static ReviewedCollateral Review(string kind, DateTimeOffset now, TrustRoots roots) => CollateralReview.Of([s_kinds[kind].Item, .. s_kinds[kind].With], roots, now)[0];

    /// <summary>A signature in hex may change its case, and the certificates in a manifest are links alone: the root's copy among them is not needed.</summary>
    private static bool MeansTheSame(string kind, Collateral item, byte[] changed, int at) => kind switch
    {
        "tcb-info" or "qe-identity" => Encoding.ASCII.GetString(changed).Equals(Encoding.ASCII.GetString(item.Data.Span), StringComparison.OrdinalIgnoreCase),
        "manifest" => at > item.Data.Span.IndexOf("<ds:KeyInfo>"u8),
        _ => false,
    };

    private static Collateral Item(string kind, byte[] data) => new(kind, new ByteString(data));

    private static Collateral Intel(string kind) => new SoftwareTdxCollateral(s_intel) { From = s_from, Until = s_until }.Make().Single(item => item.Kind == kind);

    private static Collateral Answer(SoftwareDevice device, SoftwareResponder responder) => new("ocsp", responder.Answer(device.Chain[0], device.Chain[1]));

    private static TrustRoots Roots(params string[] pems) =>
        TrustRoots.TryWithDevelopment(pems, out TrustRoots? roots, out Refusal? refusal) ? roots : throw new InvalidOperationException(refusal.Message);
}
