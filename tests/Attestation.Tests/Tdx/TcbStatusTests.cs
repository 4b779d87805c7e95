using System.Text.Json.Nodes;
using ConfidentialOperator.FakeTee.Tdx;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tests.Tdx;

/// <summary>How the words for platform, module and enclave become one.</summary>
public sealed class TcbStatusTests
{
    private const string OldModule = "03010400000000000000000000000000";
    private const string NewModule = "0d010400000000000000000000000000";

    [Theory]
    [InlineData("UpToDate", "UpToDate", "UpToDate", TdxTcbStatus.UpToDate)]
    [InlineData("SWHardeningNeeded", "UpToDate", "UpToDate", TdxTcbStatus.SWHardeningNeeded)]
    [InlineData("ConfigurationNeeded", "UpToDate", "UpToDate", TdxTcbStatus.ConfigurationNeeded)]
    [InlineData("ConfigurationAndSWHardeningNeeded", "UpToDate", "UpToDate", TdxTcbStatus.ConfigurationAndSWHardeningNeeded)]
    [InlineData("OutOfDate", "UpToDate", "UpToDate", TdxTcbStatus.OutOfDate)]
    [InlineData("OutOfDateConfigurationNeeded", "UpToDate", "UpToDate", TdxTcbStatus.OutOfDateConfigurationNeeded)]
    [InlineData("Revoked", "UpToDate", "UpToDate", TdxTcbStatus.Revoked)]
    [InlineData("UpToDate", "OutOfDate", "UpToDate", TdxTcbStatus.OutOfDate)]
    [InlineData("SWHardeningNeeded", "OutOfDate", "UpToDate", TdxTcbStatus.OutOfDate)]
    [InlineData("ConfigurationNeeded", "OutOfDate", "UpToDate", TdxTcbStatus.OutOfDateConfigurationNeeded)]
    [InlineData("ConfigurationAndSWHardeningNeeded", "OutOfDate", "UpToDate", TdxTcbStatus.OutOfDateConfigurationNeeded)]
    [InlineData("OutOfDateConfigurationNeeded", "OutOfDate", "UpToDate", TdxTcbStatus.OutOfDateConfigurationNeeded)]
    [InlineData("UpToDate", "UpToDate", "OutOfDate", TdxTcbStatus.OutOfDate)]
    [InlineData("ConfigurationNeeded", "UpToDate", "OutOfDate", TdxTcbStatus.OutOfDateConfigurationNeeded)]
    [InlineData("UpToDate", "Revoked", "UpToDate", TdxTcbStatus.Revoked)]
    [InlineData("OutOfDate", "UpToDate", "Revoked", TdxTcbStatus.Revoked)]
    [InlineData("Revoked", "OutOfDate", "OutOfDate", TdxTcbStatus.Revoked)]
    public void TheWorstCounts(string platform, string module, string enclave, TdxTcbStatus expected) =>
        Assert.Equal(expected, Status(NewModule, "00", info =>
        {
            info["tcbLevels"]![0]!["tcbStatus"] = platform;
            info["tdxModuleIdentities"]![0]!["tcbLevels"]![0]!["tcbStatus"] = module;
        }, identity => identity["tcbLevels"]![0]!["tcbStatus"] = enclave));

    [Theory]
    [InlineData("UpToDate", TdxTcbStatus.TDRelaunchAdvised)]
    [InlineData("SWHardeningNeeded", TdxTcbStatus.TDRelaunchAdvised)]
    [InlineData("ConfigurationNeeded", TdxTcbStatus.TDRelaunchAdvisedConfigurationNeeded)]
    [InlineData("ConfigurationAndSWHardeningNeeded", TdxTcbStatus.TDRelaunchAdvisedConfigurationNeeded)]
    [InlineData("OutOfDate", TdxTcbStatus.OutOfDate)]
    [InlineData("OutOfDateConfigurationNeeded", TdxTcbStatus.OutOfDateConfigurationNeeded)]
    public void AnOldModuleOfANewPlatformWantsARelaunch(string platform, TdxTcbStatus expected) =>
        Assert.Equal(expected, Status(OldModule, NewModule, info => info["tcbLevels"]![0]!["tcbStatus"] = platform));

    [Theory]
    [InlineData(OldModule)]
    [InlineData("05010400000000000000000000000000")]
    [InlineData("0d010200000000000000000000000000")]
    [InlineData("02030400000000000000000000000000")]
    [InlineData("04000400000000000000000000000000")]
    public void ARelaunchDoesNotHelpWhileThePlatformIsOld(string now) => Assert.Equal(TdxTcbStatus.OutOfDate, Status(OldModule, now));

    [Theory]
    [InlineData("03030300000000000000000000000000")]
    [InlineData("05000300000000000000000000000000")]
    public void AnotherModuleThatIsTheNewestHelps(string now) => Assert.Equal(TdxTcbStatus.TDRelaunchAdvised, Status(OldModule, now));

    [Fact]
    public void ARelaunchDoesNotHelpWhenTheEnclaveIsOldOrTheNewestModuleIs()
    {
        Assert.Equal(TdxTcbStatus.OutOfDate, Status(OldModule, NewModule, null, identity => identity["tcbLevels"]![0]!["tcbStatus"] = "OutOfDate"));
        Assert.Equal(TdxTcbStatus.OutOfDate, Status(OldModule, NewModule, info => info["tdxModuleIdentities"]![0]!["tcbLevels"]![0]!["tcbStatus"] = "OutOfDate"));
        Assert.Equal(TdxTcbStatus.OutOfDate, new TdxScene { Quote = new() { TeeTcbSvn = OldModule, Is15 = false } }.ToAttempt().Platform!.Evaluation!.Status);
    }

    [Fact]
    public void AModuleThatRunsNowAndThatNobodyDescribesIsRefused() => Assert.Null(Status(OldModule, "0d070400000000000000000000000000"));

    [Fact]
    public void AModuleOfVersionZeroIsJudgedWithThePlatform()
    {
        Assert.Equal(TdxTcbStatus.UpToDate, Status("05000300000000000000000000000000", NewModule));
        Assert.Null(Status("04000300000000000000000000000000", NewModule));
    }

    [Fact]
    public void ALaterLevelIsFound() => Assert.Equal(TdxTcbStatus.OutOfDate, Status("0b010200000000000000000000000000", NewModule));

    private static TdxTcbStatus? Status(string launch, string now, Action<JsonObject>? info = null, Action<JsonObject>? identity = null) => new TdxScene
    {
        Quote = new SoftwareQuote { TeeTcbSvn = launch, TeeTcbSvn2 = now.PadRight(32, '0') },
        Collateral = new(TdxScene.Pki) { TcbInfo = info ?? (_ => { }), Identity = identity ?? (_ => { }) },
    }.ToAttempt().Platform!.Evaluation!.Status;
}
