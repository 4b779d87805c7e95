using ConfidentialOperator.Attestation;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Cli.Verbs.Policies;
using ConfidentialOperator.Client;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Cli.Endpoints;

/// <summary>A client for one model, made from files: policy, owners, roots.</summary>
internal sealed class ModelConnection : IDisposable
{
    private const int LongestRoot = 64 * 1024;

    private ModelConnection(SignedTrustPolicy policy, ConfidentialClient client)
    {
        Policy = policy;
        Client = client;
    }

    public SignedTrustPolicy Policy { get; }

    public ConfidentialClient Client { get; }

    public string Model => Policy.Policy.Model;

    public static ModelConnection Open(CommandContext context, ModelTarget target)
    {
        SignedTrustPolicy policy = PolicyFile.Open(target.Policy, [.. target.Owners.Select(InputFile.PublicKey)]);
        if (!TrustRoots.TryWithDevelopment(target.DevelopmentRoots.Select(file => InputFile.Text(file, LongestRoot)), out TrustRoots? roots, out Refusal? refusal))
        {
            throw new CommandRefusedException(refusal);
        }

        var options = new ConfidentialClientOptions
        {
            Endpoint = target.Endpoint,
            Policy = policy,
            Roots = roots,
            MinimumPolicyVersion = PolicyMemory.Of(context).Remember(policy),
            Time = context.Time,
        };
        return new ModelConnection(policy, new ConfidentialClient(options, TrustedHttp.Handler(target.Ca)));
    }

    public void Dispose() => Client.Dispose();
}
