using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.FakeTee.Tdx;

/// <summary>An owner's rules for the trust domain of a software quote, with every demand made.</summary>
public static class SampleTdxPolicy
{
    /// <summary>Returns the rules that a quote on the default platform meets.</summary>
    public static TdxPolicy Make(SoftwareQuote quote)
    {
        ArgumentNullException.ThrowIfNull(quote);
        return new TdxPolicy
        {
            MrTd = [quote.MrTd],
            Rtmr = [.. quote.Rtmr.Select(register => Expect.AnyOf(register))],
            MrSeam = Expect.AnyOf(SoftwareQuote.Fill(0x5E)),
            MrOwner = Expect.AnyOf(SoftwareQuote.Fill(0)),
            MrOwnerConfig = Expect.AnyOf(SoftwareQuote.Fill(0)),
            MrServiceTd = Expect.AnyOf(SoftwareQuote.Fill(0)),
            Attributes = Expect.Required(new TdxAttributesPolicy { SeptVeDisableRequired = true, MigratableAllowed = false, PerfmonAllowed = false, KeyLockerAllowed = false, PksAllowed = false }),
            Xfam = Expect.AnyOf(ByteString.FromHex("e702060000000000")),
            TcbStatuses = [TdxTcbStatus.UpToDate],
            Advisories = Expect.Required<IReadOnlyList<string>>(["INTEL-SA-00001"]),
            MinimumTcbEvaluationDataNumber = Expect.Required(new TdxLimit(18)),
            CollateralAge = Expect.Required(new TdxLimit(12 * 24 * 60 * 60)),
            PlatformInstances = Expect.AnyOf(ByteString.FromHex(new SoftwarePck().PlatformInstance)),
            EventLog = Expect.Waived<TdxEventLog>("software guests have no firmware that writes one"),
            Development = true,
        };
    }
}
