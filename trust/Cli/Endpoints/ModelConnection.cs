using ConfidentialOperator.Attestation;
using ConfidentialOperator.Cli.Running;
using ConfidentialOperator.Cli.Verbs.Endpoints;
using ConfidentialOperator.Cli.Verbs.Policies;
using ConfidentialOperator.Client;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Signing;

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
        OwnerPublicKey[] owners = [.. target.Owners.Select(InputFile.PublicKey)];
        SignedTrustPolicy policy = PolicyFile.Open(target.Policy, owners);
        var options = new ConfidentialClientOptions
        {
            Endpoint = target.Endpoint,
            Policy = policy,
            Roots = Roots(target.DevelopmentRoots),
            Collateral = CollateralFiles.Read(target.Collateral),
            MinimumPolicyVersion = PolicyMemory.Of(context).Remember(policy, owners),
            Time = context.Time,
        };
        return new ModelConnection(policy, new ConfidentialClient(options, TrustedHttp.Handler(target.Ca)));
    }

    /// <summary>Returns the vendors' roots and these development roots.</summary>
    public static TrustRoots Roots(IReadOnlyList<FileInfo> development) =>
        TrustRoots.TryWithDevelopment(development.Select(file => InputFile.Text(file, LongestRoot)), out TrustRoots? roots, out Refusal? refusal)
            ? roots : throw new CommandRefusedException(refusal);

    public void Dispose() => Client.Dispose();
}
