using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Cli.Tests.Running;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Cli.Tests.Verbs;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("nonsense")]
    [InlineData("policy")]
    [InlineData("policy", "sign")]
    [InlineData("render")]
    [InlineData("render", "-f")]
    [InlineData("callers", "list", "x", "--output", "xml")]
    public async Task A_wrong_command_line_is_malformed(params string[] args)
    {
        Cfm run = (await Cfm.RunAsync(args)).Expect(30);
        Assert.StartsWith("error: Malformed: ", run.Error, StringComparison.Ordinal);
        Assert.Single(run.Error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Help_is_no_error()
    {
        Cfm run = (await Cfm.RunAsync("--help")).Expect(0);
        Assert.Contains("keygen", run.Output, StringComparison.Ordinal);
        Assert.Equal("", run.Error);
    }

    [Theory]
    [InlineData(RefusalReason.MeasurementNotAccepted, 10)]
    [InlineData(RefusalReason.PolicySignatureInvalid, 10)]
    [InlineData(RefusalReason.CallerUnknown, 10)]
    [InlineData(RefusalReason.Unsupported, 20)]
    [InlineData(RefusalReason.Malformed, 30)]
    [InlineData(RefusalReason.UnknownMember, 30)]
    [InlineData(RefusalReason.EndpointUnavailable, 1)]
    [InlineData(RefusalReason.InternalError, 1)]
    public void A_reason_has_its_exit_code(RefusalReason reason, int code) => Assert.Equal(code, ExitCode.Of(reason));

    [Fact]
    public void No_reason_counts_as_accepted() =>
        Assert.DoesNotContain(ExitCode.Accepted, Enum.GetValues<RefusalReason>().Select(ExitCode.Of));
}
