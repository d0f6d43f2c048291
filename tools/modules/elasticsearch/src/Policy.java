import java.util.List;
import java.util.TreeSet;

import org.elasticsearch.core.TimeValue;
import org.elasticsearch.xcontent.NamedXContentRegistry;
import org.elasticsearch.xcontent.NamedXContentRegistry.Entry;
import org.elasticsearch.xcontent.ParseField;
import org.elasticsearch.xcontent.XContentParserConfiguration;
import org.elasticsearch.xcontent.XContentType;
import org.elasticsearch.xpack.core.ilm.DeleteAction;
import org.elasticsearch.xpack.core.ilm.LifecycleAction;
import org.elasticsearch.xpack.core.ilm.LifecyclePolicy;
import org.elasticsearch.xpack.core.ilm.LifecycleType;
import org.elasticsearch.xpack.core.ilm.RolloverAction;
import org.elasticsearch.xpack.core.ilm.SetPriorityAction;
import org.elasticsearch.xpack.core.ilm.TimeseriesLifecycleType;
import org.elasticsearch.xpack.core.ilm.action.PutLifecycleRequest;

/** Reads a lifecycle policy from standard input with Elasticsearch's own parser, and prints its phases. */
public class Policy {
    public static void main(String[] arguments) throws Exception {
        NamedXContentRegistry words = new NamedXContentRegistry(List.of(
            new Entry(LifecycleType.class, new ParseField(TimeseriesLifecycleType.TYPE), p -> TimeseriesLifecycleType.INSTANCE),
            new Entry(LifecycleAction.class, new ParseField(RolloverAction.NAME), RolloverAction::parse),
            new Entry(LifecycleAction.class, new ParseField(SetPriorityAction.NAME), SetPriorityAction::parse),
            new Entry(LifecycleAction.class, new ParseField(DeleteAction.NAME), DeleteAction::parse)
        ));
        try (var parser = XContentType.JSON.xContent()
            .createParser(XContentParserConfiguration.EMPTY.withRegistry(words), System.in)) {
            LifecyclePolicy policy = PutLifecycleRequest.parseRequest(new PutLifecycleRequest.Factory() {
                @Override
                public PutLifecycleRequest create(LifecyclePolicy read) {
                    return new PutLifecycleRequest(TimeValue.ONE_MINUTE, TimeValue.ONE_MINUTE, read);
                }

                @Override
                public String getPolicyName() {
                    return "judged";
                }
            }, parser).getPolicy();
            policy.validate();
            policy.getPhases().forEach((name, phase) ->
                System.out.println(name + " " + phase.getMinimumAge() + " " + new TreeSet<>(phase.getActions().keySet())));
        }
    }
}
