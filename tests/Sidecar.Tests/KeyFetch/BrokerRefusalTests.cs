using System.Net;
using System.Text;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Sidecar.KeyFetch;

namespace ConfidentialOperator.Sidecar.Tests.KeyFetch;

/// <summary>Whatever a broker answers, it becomes a reason and a sentence that may be shown.</summary>
public sealed class BrokerRefusalTests
{
    [Theory]
    [InlineData("TokenNotFound", RefusalReason.SessionExpired)]
    [InlineData("PolicyDeny", RefusalReason.NotAuthorized)]
    [InlineData("AttestationError", RefusalReason.EvidenceKindNotAccepted)]
    [InlineData("PluginNotFound", RefusalReason.ResourceNotFound)]
    [InlineData("JweError", RefusalReason.TeeKeyNotSupported)]
    [InlineData("SerdeError", RefusalReason.Malformed)]
    [InlineData("SomethingNew", RefusalReason.NotAuthorized)]
    public void AnErrorOfTrusteeHasAReason(string variant, RefusalReason reason)
    {
        Refusal refusal = From(401, $$"""{"type":"https://github.com/confidential-containers/kbs/errors/{{variant}}","detail":"why"}""");
        Assert.Equal(reason, refusal.Reason);
        Assert.EndsWith("why", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"\ud800","detail":"x"}""")]
    [InlineData("""{"type":5,"detail":[]}""")]
    [InlineData("""{"reason":"KeyReleased"}""")]
    [InlineData("")]
    public void ABodyInNoFormIsJudgedByTheStatus(string body) => Assert.Equal(RefusalReason.NotAuthorized, From(403, body).Reason);

    [Fact]
    public void AReasonThatIsNotKnownIsNotTakenOver() =>
        Assert.Equal(RefusalReason.InternalError, From(403, """{"type":"x","title":"x","status":403,"detail":"x","reason":"AllIsWell"}""").Reason);

    [Fact]
    public void NoBodyBreaksTheReaderOrATerminal()
    {
        byte[] seed = Encoding.UTF8.GetBytes("""{"type":"https://x/PolicyDeny","title":"PolicyDeny","status":403,"detail":"a sentence","reason":"PolicyExpired"}""");
        var random = new Random(5);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] body = [.. seed];
            for (int n = random.Next(1, 5); n > 0; n--)
            {
                body[random.Next(body.Length)] = (byte)random.Next(256);
            }

            Refusal refusal = BrokerRefusals.From(HttpStatusCode.Forbidden, body);
            Assert.NotEqual(RefusalReason.None, refusal.Reason);
            Assert.DoesNotContain(refusal.Message, char.IsControl);
        }
    }

    private static Refusal From(int status, string body) => BrokerRefusals.From((HttpStatusCode)status, Encoding.UTF8.GetBytes(body));
}
